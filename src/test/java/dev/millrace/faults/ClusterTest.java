package dev.millrace.faults;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;

/** Every feature works on a cluster of three primaries, with its keys spread over all of them. */
@QuarkusTest
@WithTestResource(RedisCluster.class)
class ClusterTest {

    @ParameterizedTest
    @ValueSource(strings = {"sliding-window", "sliding-window-counter", "fixed-window", "token-bucket"})
    void limitsHoldOnEveryNode(String algorithm) {
        policy("c-" + algorithm, algorithm, 3);
        for (int user = 0; user < 20; user++) {
            for (int status : new int[]{200, 200, 200, 429}) {
                given().post("/v1/ratelimit/c-" + algorithm + "/user-" + user).then().statusCode(status);
            }
        }
        assertEquals(RedisCluster.nodes.size(), nodesWithKeysOf("c-" + algorithm).size());
        given().delete("/v1/ratelimit/c-" + algorithm + "/user-1").then().statusCode(204);
        given().get("/v1/ratelimit/c-" + algorithm + "/user-1").then().body("remaining", equalTo(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sliding-window", "sliding-window-counter", "fixed-window", "token-bucket"})
    void aDeniedListGivesBackWhatItCharged(String algorithm) {
        policy("wide-" + algorithm, algorithm, 1000);
        policy("narrow-" + algorithm, algorithm, 2);
        for (int i = 0; i < 5; i++) {
            check(true, "wide-" + algorithm, "narrow-" + algorithm).then().statusCode(200).body("allowed",
                    equalTo(i < 2));
        }
        for (String user : List.of("a", "b", "c", "d", "e")) {
            given().get("/v1/ratelimit/wide-" + algorithm + "/" + user).then().body("remaining", equalTo(998));
        }
    }

    @Test
    void listsThatRaceEndWithWhatWasAdmitted() throws Exception {
        policy("race-wide", "sliding-window", 1000);
        policy("race-narrow", "sliding-window", 10);
        ExecutorService clients = Executors.newFixedThreadPool(16);
        try {
            Callable<Boolean> call = () -> check(true, "race-wide", "race-narrow").path("allowed");
            List<Future<Boolean>> answers = clients.invokeAll(java.util.Collections.nCopies(100, call));
            int admitted = 0;
            for (Future<Boolean> answer : answers) {
                admitted += answer.get() ? 1 : 0;
            }
            assertTrue(admitted <= 10, admitted + " admitted");
            int charged = admitted;
            for (String user : List.of("a", "b", "c", "d", "e")) {
                given().get("/v1/ratelimit/race-wide/" + user).then().body("remaining", equalTo(1000 - charged));
            }
            given().get("/v1/ratelimit/race-narrow/z").then().body("remaining", equalTo(10 - charged));
        } finally {
            clients.shutdown();
        }
    }

    @Test
    void leasesAndPoliciesWork() {
        policy("c-leases", "concurrency", 1);
        String lease = given().post("/v1/ratelimit/c-leases/x/leases").then().statusCode(201).extract().path("lease");
        given().post("/v1/ratelimit/c-leases/x/leases").then().statusCode(429);
        given().put("/v1/ratelimit/c-leases/x/leases/" + lease).then().statusCode(200);
        given().delete("/v1/ratelimit/c-leases/x/leases/" + lease).then().statusCode(204);
        given().delete("/v1/ratelimit/policies/c-leases").then().statusCode(204);
        given().get("/v1/ratelimit/policies/c-leases").then().statusCode(404);
    }

    private static void policy(String name, String algorithm, int limit) {
        given().contentType(ContentType.JSON).body(Map.of("algorithm", algorithm, "limit", limit, "window", "1h"))
                .put("/v1/ratelimit/policies/" + name).then().statusCode(201);
    }

    /** Several identifiers under the wide policy and one under the narrow one: most of them live on different nodes. */
    private static Response check(boolean atomic, String wide, String narrow) {
        List<Map<String, String>> checks = new java.util.ArrayList<>();
        for (String user : List.of("a", "b", "c", "d", "e")) {
            checks.add(Map.of("policy", wide, "identifier", user));
        }
        checks.add(Map.of("policy", narrow, "identifier", "z"));
        return given().contentType(ContentType.JSON).body(Map.of("atomic", atomic, "checks", checks))
                .post("/v1/ratelimit/check");
    }

    private static Set<Integer> nodesWithKeysOf(String policy) {
        Set<Integer> ports = new HashSet<>();
        for (RedisServerProcess node : RedisCluster.nodes) {
            try (RedisConversation redis = new RedisConversation(node.port())) {
                if (!redis.keys("mr:{main:rl:" + policy + "/*").isEmpty()) {
                    ports.add(node.port());
                }
            }
        }
        return ports;
    }
}
