package dev.millrace.ops;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.RedisTestResource;
import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisPermissions;

/** The operator's view of Redis over HTTP: typed, bounded, without payloads, and for admins only. */
@QuarkusTest
class RedisViewTest {

    private static final String ROOT = "/v1/ops/redis/";

    /** Set by {@code RedisTestResource}. */
    RedisConversation redis;

    @TestHTTPResource(value = "/metrics", management = true)
    URI metrics;

    URI metrics() {
        return metrics;
    }

    @Test
    void infoTellsHowTheServerIs() {
        as(ADMIN).get(ROOT + "info").then().statusCode(200).contentType("application/json")
                .body("nodes", hasSize(1)).body("nodes[0].address", equalTo("127.0.0.1:" + redis.port()))
                .body("nodes[0].error", equalTo(null))
                .body("nodes[0].server.version", matchesPattern("\\d+\\.\\d+\\.\\d+"))
                .body("nodes[0].server.mode", equalTo("standalone"))
                .body("nodes[0].memory.usedBytes", greaterThan(100_000))
                .body("nodes[0].memory.maxBytes", equalTo(0))
                .body("nodes[0].clients.connected", greaterThan(1))
                .body("nodes[0].stats.commands", greaterThan(0))
                .body("nodes[0].replication.role", equalTo("primary"))
                .body("nodes[0].replication.replicas", hasSize(0))
                .body("nodes[0].persistence.loading", equalTo(false))
                .body("nodes[0].persistence.rdb.lastSaveAt", matchesPattern("20\\d\\d-\\d\\d-.*Z"))
                .body("nodes[0].persistence.aof.enabled", equalTo(false));
    }

    @Test
    void keyspaceCountsKeysByDatabase() {
        redis.call("SET", "ops-test", "x", "PX", "600000");
        as(ADMIN).get(ROOT + "keyspace").then().statusCode(200)
                .body("nodes[0].databases[0].db", equalTo(0))
                .body("nodes[0].databases[0].keys", greaterThan(0))
                .body("nodes[0].databases[0].expires", greaterThan(0))
                .body("nodes[0].databases[0].avgTtlMs", notNullValue());
        redis.call("DEL", "ops-test");
    }

    @Test
    void clientsAreListedUpToTheLimitAndCountedAll() {
        redis.call("CLIENT", "SETNAME", "ops-test");
        Map<String, Object> me = as(ADMIN).get(ROOT + "clients?limit=1000").then().statusCode(200)
                .body("nodes[0].total", greaterThan(1)).body("nodes[0].clients.name", hasItem("ops-test"))
                .extract().path("nodes[0].clients.find { it.name == 'ops-test' }");
        redis.call("CLIENT", "SETNAME", "");
        assertEquals("normal", me.get("type"));
        assertEquals("default", me.get("user"));
        assertEquals(redis.number("CLIENT", "ID"), ((Number) me.get("id")).longValue());
        assertTrue(((Number) me.get("ageMs")).longValue() >= 0);
        assertTrue(((Number) me.get("outputBufferBytes")).longValue() >= 0);
        as(ADMIN).get(ROOT + "clients?limit=1").then().statusCode(200).body("nodes[0].clients", hasSize(1))
                .body("nodes[0].total", greaterThan(1));
    }

    @Test
    void noConnectionIsLeftBehind() {
        int before = as(ADMIN).get(ROOT + "info").path("nodes[0].clients.connected");
        for (int i = 0; i < 50; i++) {
            as(ADMIN).get(ROOT + "keyspace").then().statusCode(200);
        }
        await().atMost(Duration.ofSeconds(20)).until(
                () -> as(ADMIN).get(ROOT + "info").<Integer>path("nodes[0].clients.connected") < before + 10);
    }

    @Test
    void slowlogShowsKeysOfTheOwnTenantAndNoPayload() {
        withEveryCallInTheSlowLog(() -> {
            redis.call("SET", "mr:{main:ops:test}:x", "payload-never-shown", "PX", "1000");
            redis.call("SET", "mr:{other:ops:test}:x", "payload-never-shown", "PX", "1000");
            as(ADMIN).get("/v1/ratelimit/policies/none");
        });
        String seen = as(ADMIN).get(ROOT + "slowlog?limit=500").then().statusCode(200)
                .body("nodes[0].total", greaterThan(1))
                .body("nodes[0].entries.key", hasItem("mr:{main:ops:test}:x"))
                .body("nodes[0].entries.key", not(hasItem("mr:{other:ops:test}:x")))
                .body("nodes[0].entries.findAll { it.command == 'SET' }.arguments", hasItem(4))
                .body("nodes[0].entries[0].at", matchesPattern("20\\d\\d-\\d\\d-.*Z"))
                .body("nodes[0].entries[0].clientAddress", containsString(":"))
                .extract().asString();
        assertFalse(seen.contains("never-shown"), seen);
        as(OTHER).get(ROOT + "slowlog?limit=500").then().statusCode(200)
                .body("nodes[0].entries.key", hasItem("mr:{other:ops:test}:x"))
                .body("nodes[0].entries.key", not(hasItem("mr:{main:ops:test}:x")));
        as(ADMIN).get(ROOT + "slowlog?limit=1").then().statusCode(200).body("nodes[0].entries", hasSize(1));
    }

    /** The service's own upkeep calls Redis more often than the log has room for by default. */
    private void withEveryCallInTheSlowLog(Runnable calls) {
        List<?> threshold = redis.list("CONFIG", "GET", "slowlog-log-slower-than");
        redis.call("CONFIG", "SET", "slowlog-max-len", "10000");
        redis.call("SLOWLOG", "RESET");
        redis.call("CONFIG", "SET", "slowlog-log-slower-than", "0");
        try {
            calls.run();
        } finally {
            redis.call("CONFIG", "SET", "slowlog-log-slower-than", threshold.get(1));
        }
    }

    @Test
    void aSlowScriptOfTheServiceIsNamed() {
        withEveryCallInTheSlowLog(() -> {
            as(ADMIN, "{}").put("/v1/queues/ops-slow").then().statusCode(201);
            as(ADMIN).get("/v1/queues/ops-slow").then().statusCode(200);
        });
        as(ADMIN).delete("/v1/queues/ops-slow").then().statusCode(204);
        as(ADMIN).get(ROOT + "slowlog?limit=500").then()
                .body("nodes[0].entries.script", hasItem("queue/sweep-1"))
                .body("nodes[0].entries.findAll { it.script == 'queue/sweep-1' }.key",
                        hasItem("mr:{main:q:ops-slow}:meta"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"info", "slowlog", "clients", "keyspace"})
    void onlyAdminsMayLook(String what) {
        given().get(ROOT + what).then().statusCode(401).body("code", equalTo("unauthenticated"));
        as(WORKER).get(ROOT + what).then().statusCode(403).body("code", equalTo("forbidden"))
                .body("detail", containsString("admin:read"));
        as(ADMIN).post(ROOT + what).then().statusCode(405);
    }

    @ParameterizedTest
    @CsvSource({"info, info", "slowlog, slowlog", "clients, client", "keyspace, info"})
    void aCommandThatRedisForbidsIsNamedAndNoFaultOfTheService(String what, String command) {
        redis.call("ACL", "SETUSER", RedisTestResource.USER, "-" + command);
        try {
            as(ADMIN).get(ROOT + what).then().statusCode(502).contentType("application/problem+json")
                    .body("code", equalTo("redis-refused")).body("detail", containsString("NOPERM"))
                    .body("detail", containsString("'" + command));
        } finally {
            RedisTestResource.grant(redis, RedisTestResource.USER, RedisPermissions.rules());
        }
        as(ADMIN).get(ROOT + what).then().statusCode(200);
    }

    @ParameterizedTest
    @CsvSource({"slowlog, 0, 500", "slowlog, 501, 500", "clients, 0, 1000", "clients, 1001, 1000"})
    void limitsHaveBounds(String what, String limit, String most) {
        as(ADMIN).get(ROOT + what + "?limit=" + limit).then().statusCode(400)
                .body("violations[0].field", equalTo("limit"))
                .body("violations[0].message", containsString(most));
    }

    @Test
    void aLimitThatIsNoNumberIsRefused() {
        as(ADMIN).get(ROOT + "clients?limit=x").then().statusCode(400).body("violations[0].field", equalTo("limit"));
    }

    @Test
    void theSameIsInTheMetricsByNode() {
        String node = "{node=\"127.0.0.1:" + redis.port() + "\"} ";
        await().atMost(Duration.ofSeconds(60))
                .until(() -> given().get(metrics()).asString().contains("millrace_redis_node_up" + node + "1.0"));
        String text = given().get(metrics()).asString();
        for (String zero : List.of("memory_max_bytes", "keys_evicted", "replicas_online", "loading", "aof_enabled")) {
            assertTrue(text.contains("millrace_redis_" + zero + node + "0.0"), zero);
        }
        assertTrue(text.contains("millrace_redis_rdb_ok" + node + "1.0"), text);
        assertTrue(text.contains("millrace_redis_replication_lag_bytes" + node + "NaN"), "there is no replica");
        for (String number : List.of("memory_used_bytes", "clients_connected", "rdb_last_save_timestamp_seconds")) {
            assertTrue(value(text, "millrace_redis_" + number + node) > 0, number);
        }
    }

    private static double value(String metrics, String start) {
        return metrics.lines().filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(start.length()))).findFirst().orElse(-1);
    }
}
