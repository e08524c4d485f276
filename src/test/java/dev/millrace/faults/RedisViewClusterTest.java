package dev.millrace.faults;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;

/** The operator sees every primary of a cluster, also while one of them gives no answer. */
@QuarkusTest
@WithTestResource(RedisCluster.class)
class RedisViewClusterTest {

    private static final String ROOT = "/v1/ops/redis/";

    @TestHTTPResource(value = "/metrics", management = true)
    URL metrics;

    @ParameterizedTest
    @ValueSource(strings = {"info", "slowlog", "clients", "keyspace"})
    void everyNodeIsAsked(String what) {
        given().get(ROOT + what).then().statusCode(200).body("nodes.address", equalTo(addresses()))
                .body("nodes.error", everyItem(equalTo(null)));
    }

    @Test
    void eachNodeSpeaksForItself() {
        given().get(ROOT + "info").then().body("nodes.server.mode", everyItem(equalTo("cluster")))
                .body("nodes.memory.usedBytes", everyItem(greaterThan(0)));
        for (RedisServerProcess node : RedisCluster.nodes) {
            await().atMost(Duration.ofSeconds(60)).until(() -> given().get(metrics).asString()
                    .contains("millrace_redis_node_up{node=\"127.0.0.1:" + node.port() + "\"} 1.0"));
        }
    }

    @Test
    void aNodeThatForbidsItIsListedWithItsError() {
        RedisServerProcess last = RedisCluster.nodes.get(2);
        try (RedisConversation redis = new RedisConversation(last.port())) {
            redis.call("ACL", "SETUSER", "default", "-slowlog");
            String node = "nodes.find { it.address == '127.0.0.1:" + last.port() + "' }";
            given().get(ROOT + "slowlog").then().statusCode(200).body("nodes.address", equalTo(addresses()))
                    .body(node + ".error.code", equalTo("redis-refused"))
                    .body(node + ".error.detail", containsString("NOPERM")).body(node + ".entries", equalTo(null))
                    .body("nodes.findAll { it.error == null }.size()", equalTo(2));
            redis.call("ACL", "SETUSER", "default", "+@all");
        }
    }

    @Test
    void aNodeThatIsAwayHidesNoOther() {
        RedisServerProcess last = RedisCluster.nodes.get(2);
        String address = "127.0.0.1:" + last.port();
        last.pause();
        try {
            given().get(ROOT + "info").then().statusCode(200).body("nodes.address", equalTo(addresses()))
                    .body("nodes.find { it.address == '" + address + "' }.error.code", equalTo("redis-unavailable"))
                    .body("nodes.findAll { it.error == null }.memory.usedBytes", everyItem(greaterThan(0)))
                    .body("nodes.findAll { it.error == null }.size()", equalTo(2));
            await().atMost(Duration.ofSeconds(60)).until(() -> given().get(metrics).asString()
                    .contains("millrace_redis_memory_used_bytes{node=\"" + address + "\"} NaN"));
            assertTrue(
                    given().get(metrics).asString().contains("millrace_redis_node_up{node=\"" + address + "\"} 0.0"));
        } finally {
            last.resume();
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> given().get(ROOT + "info")
                .path("nodes.findAll { it.error == null }.size()").equals(3));
    }

    private static List<String> addresses() {
        return RedisCluster.nodes.stream().map(node -> "127.0.0.1:" + node.port()).sorted().toList();
    }
}
