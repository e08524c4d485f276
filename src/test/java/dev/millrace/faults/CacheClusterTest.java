package dev.millrace.faults;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;

/** On a cluster, entries are spread over all nodes; a purge hides them on all; and leases work on each. */
@QuarkusTest
@WithTestResource(RedisCluster.class)
class CacheClusterTest {

    private static final int ENTRIES = 60;

    private final String region = "r-" + UUID.randomUUID();

    /** The service starts without waiting for Redis, and misses until it is connected. */
    @BeforeEach
    void awaitRedis() {
        await().atMost(Duration.ofSeconds(30)).until(() -> IntStream.range(0, 10)
                .allMatch(i -> given().body("x").put("/v1/cache/probe/" + i).statusCode() == 204));
    }

    @Test
    void entriesAreOnAllNodesAndPurgesReachThemAll() {
        store("old");
        for (RedisServerProcess node : RedisCluster.nodes) {
            try (RedisConversation redis = new RedisConversation(node.port())) {
                assertTrue(!redis.keys("mr:{main:c:*}:e:" + region + "/*").isEmpty(), "entries on each node");
            }
        }
        purge("?tag=even");
        requireThere("old", false, true);
        purge("");
        requireThere("old", false, false);
        store("new");
        requireThere("new", true, true);
        given().contentType("application/json").body("{\"get\":[\"0\",\"1\",\"none\",\"2\"]}")
                .post("/v1/cache/{region}/batch", region).then().statusCode(200)
                .body("items.status", contains("hit", "hit", "miss", "hit"));
    }

    @Test
    void leasesAreGivenUsedAndVoidedOnAllNodes() {
        for (int i = 0; i < ENTRIES; i++) {
            String lease = given().queryParam("lease", "60s").get(path(i)).then().statusCode(404).extract()
                    .header("Cache-Lease");
            given().queryParam("lease", "60s").get(path(i)).then().header("Cache-Lease", (String) null);
            switch (i % 3) {
                case 0 -> purge("?tag=t");
                case 1 -> given().delete(path(i)).then().statusCode(204);
                default -> {
                }
            }
            Response put = given().header("Cache-Lease", lease).header("Cache-Tag", "t").body("x").put(path(i));
            assertEquals(i % 3 == 2 ? 204 : 409, put.statusCode());
            given().get(path(i)).then().statusCode(i % 3 == 2 ? 200 : 404);
        }
    }

    @Test
    void regionsAreDefined() {
        given().contentType("application/json").body("{\"ttl\":\"10m\"}").put("/v1/cache/regions/{region}", region)
                .then().statusCode(201);
        given().get("/v1/cache/regions/{region}", region).then().statusCode(200).body("ttlMs", equalTo(600_000));
        given().delete("/v1/cache/regions/{region}", region).then().statusCode(204);
    }

    private String path(int i) {
        return "/v1/cache/" + region + '/' + i;
    }

    private void store(String value) {
        IntStream.range(0, ENTRIES).forEach(i -> given().header("Cache-Tag", i % 2 == 0 ? "even" : "odd").body(value)
                .put(path(i)).then().statusCode(204));
    }

    private void purge(String query) {
        given().delete("/v1/cache/" + region + query).then().statusCode(204);
    }

    private void requireThere(String value, boolean even, boolean odd) {
        for (int i = 0; i < ENTRIES; i++) {
            boolean there = i % 2 == 0 ? even : odd;
            Response answer = given().get(path(i));
            assertEquals(there ? 200 : 404, answer.statusCode(), "entry " + i);
            assertTrue(!there || answer.asString().equals(value), answer.asString());
        }
    }
}
