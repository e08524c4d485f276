package dev.millrace.faults;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;
import dev.millrace.redis.pubsub.Subscription;
import dev.millrace.redis.pubsub.Subscriptions;

/** Sentinel says where the master is, also after a failover; messages come from there, too. */
@QuarkusTest
@WithTestResource(RedisSentinels.class)
class SentinelTest {

    @Inject
    Subscriptions subscriptions;

    @Test
    void followsAFailover() {
        given().contentType(ContentType.JSON)
                .body(Map.of("algorithm", "fixed-window", "limit", 5, "window", "1h", "failMode", "open"))
                .put("/v1/ratelimit/policies/failover").then().statusCode(201);
        given().post("/v1/ratelimit/failover/x").then().statusCode(200).body("remaining", equalTo(4))
                .body("degraded", equalTo(false));

        lookedAt(RedisSentinels.master).body("nodes[0].replication.replicas[0].state", equalTo("online"));

        List<String> heard = new CopyOnWriteArrayList<>();
        AtomicInteger resubscribed = new AtomicInteger();
        Subscription subscription = subscriptions.subscribe("failover", heard::add, resubscribed::incrementAndGet);
        subscription.established().await().atMost(Duration.ofSeconds(20));

        RedisSentinels.master.kill();

        await().atMost(Duration.ofSeconds(90))
                .until(() -> given().post("/v1/ratelimit/failover/y").path("degraded").equals(false));
        given().get("/v1/ratelimit/failover/x").then().body("limit", equalTo(5)).body("degraded", equalTo(false));
        await().atMost(Duration.ofSeconds(90)).until(() -> resubscribed.get() > 0);
        try (RedisConversation redis = new RedisConversation(RedisSentinels.replica.port())) {
            redis.call("PUBLISH", "failover", "x");
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> heard.equals(List.of("x")));
        subscription.close();
        lookedAt(RedisSentinels.replica);
    }

    private static ValidatableResponse lookedAt(RedisServerProcess server) {
        return given().get("/v1/ops/redis/info").then().statusCode(200).body("nodes", hasSize(1))
                .body("nodes[0].address", equalTo("127.0.0.1:" + server.port()))
                .body("nodes[0].replication.role", equalTo("primary"));
    }
}
