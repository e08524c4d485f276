package dev.millrace.faults;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;

import dev.millrace.redis.RedisConversation;

/**
 * Redis stops, freezes, forgets its scripts and cuts connections, under load: nothing hangs, nothing answers 500, fail
 * modes decide meanwhile, and service resumes by itself.
 */
@QuarkusTest
@WithTestResource(FaultyRedis.class)
class RedisFaultTest {

    @TestHTTPResource("/v1/ratelimit/")
    URL api;

    @TestHTTPResource(value = "/health", management = true)
    URL health;

    @TestHTTPResource(value = "/metrics", management = true)
    URL metrics;

    @TestHTTPResource("/v1/ops/redis/info")
    URL ops;

    private boolean paused;
    private boolean killed;

    @BeforeEach
    void policies() {
        awaitService();
        for (String failMode : Set.of("open", "closed", "local")) {
            given().contentType(ContentType.JSON).body(Map.of("algorithm", "sliding-window", "limit", 4, "window", "1h",
                    "failMode", failMode)).put("/v1/ratelimit/policies/" + failMode).then().statusCode(201);
        }
        given().contentType(ContentType.JSON)
                .body(Map.of("algorithm", "token-bucket", "limit", 1_000_000, "window", "1s"))
                .put("/v1/ratelimit/policies/traffic").then().statusCode(201);
        given().contentType(ContentType.JSON).body(Map.of("algorithm", "concurrency", "limit", 1, "window", "1m"))
                .put("/v1/ratelimit/policies/leases").then().statusCode(201);
    }

    @AfterEach
    void heal() {
        if (paused) {
            FaultyRedis.server.resume();
        }
        if (killed) {
            FaultyRedis.server.start();
        }
        awaitService();
        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            redis.call("FLUSHALL");
        }
        // Replicas notice the loss of all policies as they notice any change.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> given().get("/v1/ratelimit/policies").path("items.size()").equals(0));
        await().atMost(Duration.ofSeconds(20)).until(() -> given().get("/v1/ratelimit/open/x").statusCode() == 404);
    }

    @Test
    void failModesDecideWhileRedisIsStopped() {
        kill();

        given().post("/v1/ratelimit/open/someone").then().statusCode(200)
                .body("allowed", equalTo(true)).body("degraded", equalTo(true));
        given().post("/v1/ratelimit/closed/someone").then().statusCode(429).header("Retry-After", notNullValue())
                .body("allowed", equalTo(false)).body("degraded", equalTo(true)).body("code", equalTo("rate-limited"));
        // A limit of 4 over 2 replicas.
        for (int status : new int[]{200, 200, 429}) {
            given().post("/v1/ratelimit/local/someone").then().statusCode(status).body("degraded", equalTo(true));
        }
        given().post("/v1/ratelimit/local/someone-else").then().statusCode(200);
        given().get("/v1/ratelimit/local/someone").then().statusCode(200).body("allowed", equalTo(false));
        given().post("/v1/ratelimit/leases/someone/leases").then().statusCode(201).body("degraded", equalTo(true));
        given().contentType(ContentType.JSON)
                .body("{\"atomic\":true,\"checks\":[{\"policy\":\"open\",\"identifier\":\"a\"},{\"policy\":\"closed\",\"identifier\":\"a\"}]}")
                .post("/v1/ratelimit/check").then().statusCode(200).body("allowed", equalTo(false))
                .body("results[0].allowed", equalTo(true)).body("results[1].degraded", equalTo(true));
    }

    @Test
    void whatNeedsRedisAnswers503WhileItIsStopped() {
        kill();

        given().contentType(ContentType.JSON).body(Map.of("algorithm", "fixed-window", "limit", 1, "window", "1s"))
                .put("/v1/ratelimit/policies/new").then().statusCode(503).contentType("application/problem+json")
                .body("code", equalTo("redis-unavailable")).header("Retry-After", notNullValue());
        given().delete("/v1/ratelimit/open/someone").then().statusCode(503);
        given().post("/v1/ratelimit/unknown/someone").then().statusCode(503);
        for (String view : Set.of("info", "slowlog", "clients", "keyspace")) {
            given().get("/v1/ops/redis/" + view).then().statusCode(503).contentType("application/problem+json")
                    .body("code", equalTo("redis-unavailable")).header("Retry-After", notNullValue());
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> given().get(metrics).asString().contains("millrace_redis_node_up{node=\"127.0.0.1:"
                        + FaultyRedis.server.port() + "\"} 0.0"));
        given().get(health + "/live").then().statusCode(200);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> given().get(health + "/ready").then().statusCode(503));
    }

    @Test
    void resumesAfterARestartOfRedis() {
        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            redis.call("SAVE");
        }
        kill();
        given().post("/v1/ratelimit/open/someone").then().body("degraded", equalTo(true));

        FaultyRedis.server.start();
        killed = false;

        awaitService();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> given().get(health + "/ready").then().statusCode(200));
        given().post("/v1/ratelimit/closed/someone").then().statusCode(200).body("remaining", equalTo(3));
    }

    @Test
    void forgottenScriptsGoUnnoticed() {
        try (Traffic traffic = new Traffic(8, api + "traffic");
                RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            for (int i = 0; i < 20; i++) {
                redis.call("SCRIPT", "FLUSH");
                awaitAnswers(traffic, 50);
            }
            traffic.stop();
            assertEquals(Map.of(), traffic.errors);
            assertEquals(Set.of(200), traffic.statuses.keySet());
            assertEquals(0, traffic.degraded.get());
        }
    }

    @Test
    void cutConnectionsAreReopened() {
        try (Traffic traffic = new Traffic(8, api + "traffic");
                RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            for (int i = 0; i < 10; i++) {
                redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
                awaitAnswers(traffic, 50);
                awaitService();
            }
            traffic.stop();
            assertEquals(Map.of(), traffic.errors);
            assertEquals(Set.of(200), traffic.statuses.keySet());
            assertTrue(traffic.degraded.get() < traffic.answers(), "all degraded");
        }
    }

    @Test
    void aFrozenRedisHangsNobody() {
        try (Traffic traffic = new Traffic(8, api + "traffic")) {
            awaitAnswers(traffic, 50);
            paused = true;
            FaultyRedis.server.pause();
            await().atMost(Duration.ofSeconds(30)).until(() -> traffic.degraded.get() > 500);
            FaultyRedis.server.resume();
            paused = false;
            awaitService();
            traffic.stop();
            assertEquals(Map.of(), traffic.errors);
            assertEquals(Set.of(200), traffic.statuses.keySet());
        }
    }

    @Test
    void thoseWhoLookAtAFrozenRedisDoNotPileUp() throws URISyntaxException {
        given().get("/v1/ops/redis/info").then().statusCode(200);
        paused = true;
        FaultyRedis.server.pause();
        given().get("/v1/ops/redis/info").then().statusCode(503).body("code", equalTo("redis-unavailable"));
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest look = HttpRequest.newBuilder(ops.toURI()).build();
        List<CompletableFuture<HttpResponse<String>>> lookers = Stream
                .generate(() -> client.sendAsync(look, BodyHandlers.ofString())).limit(40).toList();
        Set<String> codes = lookers.stream().map(answer -> answer.orTimeout(40, TimeUnit.SECONDS).join())
                .map(answer -> answer.statusCode() + " " + JsonPath.from(answer.body()).getString("code"))
                .collect(Collectors.toSet());
        assertEquals(Set.of("503 redis-unavailable", "503 overloaded"), codes);
        FaultyRedis.server.resume();
        paused = false;
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> given().get("/v1/ops/redis/info").then().statusCode(200));
    }

    /** 20 calls may wait on each connection; an attacker who makes it more must not switch limits off. */
    @Test
    void moreThanMayWaitIsOverloadAndNoOutage() {
        try (Traffic traffic = new Traffic(100, api + "traffic")) {
            awaitAnswers(traffic, 50);
            paused = true;
            FaultyRedis.server.pause();
            await().atMost(Duration.ofSeconds(30)).until(() -> traffic.statuses.containsKey(503));
            FaultyRedis.server.resume();
            paused = false;
            traffic.stop();
            assertEquals(Map.of(), traffic.errors);
            assertEquals(Set.of(200, 503), traffic.statuses.keySet());
        }
    }

    private void kill() {
        killed = true;
        FaultyRedis.server.kill();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> given().post("/v1/ratelimit/open/probe").path("degraded").equals(true));
    }

    /** Until a decision, also one on every event loop, comes from Redis again. */
    private static void awaitService() {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            for (int i = 0; i < 10; i++) {
                if (given().get("/v1/ratelimit/policies").statusCode() != 200) {
                    return false;
                }
            }
            return true;
        });
    }

    private static void awaitAnswers(Traffic traffic, long more) {
        long until = traffic.answers() + more;
        await().atMost(Duration.ofSeconds(30)).until(() -> traffic.answers() >= until || !traffic.errors.isEmpty());
    }
}
