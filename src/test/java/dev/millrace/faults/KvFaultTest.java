package dev.millrace.faults;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.List;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.kv.Listening;
import dev.millrace.redis.RedisConversation;

/** Redis stops, freezes, cuts connections and forgets scripts: callers are told in time, and served again by and by. */
@QuarkusTest
@WithTestResource(FaultyRedis.class)
class KvFaultTest {

    private static final String SCRIPT = "return ARGV[1]";
    private static final String SHA = "098e0f0d1448c0a81dafe820f66d460eb09263da";

    private boolean paused;
    private boolean killed;

    @AfterEach
    void heal() {
        if (paused) {
            FaultyRedis.server.resume();
        }
        if (killed) {
            FaultyRedis.server.start();
        }
        eventually().until(() -> given().get("/redis/ping").statusCode() == 200);
        // The other tests of this service use its other connections.
        eventually().until(() -> given().get("/v1/ratelimit/policies").statusCode() == 200);
    }

    @Test
    void whileRedisIsStoppedCallersAreToldAndListenersEnd() {
        given().get("/redis/set/k/v").then().statusCode(200);
        try (Listening listening = new Listening(null, "/subscribe/c").ready();
                Listening monitor = new Listening(null, "/monitor").ready()) {
            killed = true;
            FaultyRedis.server.kill();
            eventually().until(() -> listening.hasEnded() && monitor.hasEnded());
        }
        requireUnavailable();
        given().get("/redis/subscribe/c").then().statusCode(503).body("error", startsWith("ERR "));

        FaultyRedis.server.start();
        killed = false;
        eventually().until(() -> given().get("/redis/ping").statusCode() == 200);
        try (Listening again = new Listening(null, "/subscribe/c").ready()) {
            given().get("/redis/publish/c/hello").then().body("result", equalTo(1));
            again.hears("data: message,c,hello");
        }
    }

    @Test
    void whileRedisIsFrozenNobodyHangs() {
        given().get("/redis/set/frozen/v").then().statusCode(200);
        paused = true;
        FaultyRedis.server.pause();
        requireUnavailable();
        given().get("/redis/subscribe/c").then().statusCode(503).body("error", startsWith("ERR "));
        given().get("/redis/keys/x").then().statusCode(503);

        FaultyRedis.server.resume();
        paused = false;
        eventually().until(() -> given().get("/redis/ping").statusCode() == 200);
        given().get("/redis/get/frozen").then().statusCode(200).body("result", equalTo("v"));
    }

    @Test
    void cutConnectionsAreReopenedInTheCallersDatabase() {
        for (int i = 0; i < 10; i++) {
            try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
                redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
                eventually().until(() -> given().get("/redis/set/cut/v").statusCode() == 200);
                assertEquals(0L, redis.call("EXISTS", "cut"));
            }
        }
    }

    @Test
    void forgottenScriptsAreSentAgainByTheirCallers() {
        given().body("[\"SCRIPT\",\"LOAD\",\"" + SCRIPT + "\"]").post("/redis").then().body("result", equalTo(SHA));
        given().get("/redis/evalsha/" + SHA + "/0/x").then().body("result", equalTo("x"));
        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            redis.call("SCRIPT", "FLUSH");
        }
        given().get("/redis/evalsha/" + SHA + "/0/x").then().statusCode(400).body("error", startsWith("NOSCRIPT "));
        given().body("[\"EVAL\",\"" + SCRIPT + "\",0,\"y\"]").post("/redis").then().body("result", equalTo("y"));
        given().get("/redis/evalsha/" + SHA + "/0/x").then().body("result", equalTo("x"));
    }

    @Test
    void anEndlessScriptIsKilled() {
        setScriptLimit();
        given().body("[\"EVAL\",\"while true do end\",0]").post("/redis").then().statusCode(503)
                .header("Retry-After", notNullValue());
        eventually().until(() -> given().get("/redis/ping").statusCode() == 200);
        // Also in a transaction, and beside other commands.
        given().body("[[\"EVAL\",\"while true do end\",0]]").post("/redis/multi-exec").then().statusCode(503);
        eventually().until(() -> given().get("/redis/ping").statusCode() == 200);
        given().body("[[\"GET\",\"k\"],[\"EVAL\",\"while true do end\",0]]").post("/redis/pipeline");
        eventually().until(() -> given().get("/redis/ping").statusCode() == 200);
        // The other tests of this service use its other connections.
        eventually().until(() -> given().get("/v1/ratelimit/policies").statusCode() == 200);
    }

    @Test
    void anEndlessScriptThatHasWrittenIsAnOutageUntilRedisIsRestarted() {
        setScriptLimit();
        given().body("[\"EVAL\",\"redis.call('SET','k',1) while true do end\",0]").post("/redis").then()
                .statusCode(503);
        given().get("/redis/ping").then().statusCode(503);
        given().get("/v1/ratelimit/policies").then().statusCode(503);
        killed = true;
        FaultyRedis.server.kill();
    }

    /** From this time on, Redis obeys SCRIPT KILL. */
    private static void setScriptLimit() {
        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            redis.call("CONFIG", "SET", "lua-time-limit", "100");
        }
    }

    private static void requireUnavailable() {
        for (String path : List.of("/redis/get/k", "/redis/set/k/w", "/redis/eval/return%201/0")) {
            given().urlEncodingEnabled(false).get(path).then().statusCode(503).contentType("application/json")
                    .body("error", startsWith("ERR ")).header("Retry-After", notNullValue());
        }
        given().body("[[\"GET\",\"k\"]]").post("/redis/multi-exec").then().statusCode(503)
                .body("error", startsWith("ERR "));
        int pipeline = given().body("[[\"GET\",\"k\"],[\"GET\",\"k\"]]").post("/redis/pipeline").statusCode();
        assertFalse(pipeline == 500, "pipeline: " + pipeline);
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(30));
    }
}
