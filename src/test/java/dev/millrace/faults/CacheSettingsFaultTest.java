package dev.millrace.faults;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import java.net.URL;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;

/**
 * Redis answers, but the settings of regions cannot be read: then nobody knows whether a region has an origin, and a read must not say
 * that there is no such entry.
 */
@QuarkusTest
@WithTestResource(CacheSettingsFaultTest.UnreadSettings.class)
class CacheSettingsFaultTest {

    public static class UnreadSettings extends FaultyRedis {
        @Override
        String[] options() {
            return new String[]{"--user", "default", "on", "nopass", "~*", "&*", "+@all", "-hgetall"};
        }
    }

    @TestHTTPResource(value = "/metrics", management = true)
    URL metrics;

    @Test
    void aReadIsNoMiss() {
        given().get("/v1/cache/unread/k").then().statusCode(404)
                .header("Cache-Status", "millrace; fwd=miss; detail=redis-unavailable");
        batch("miss");
        given().get(metrics).then().body(containsString(
                "millrace_cache_requests_total{outcome=\"unavailable\",region=\"unread\"} 2.0"));

        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            redis.call("ACL", "SETUSER", "default", "+hgetall");
        }
        given().get("/v1/cache/unread/k").then().statusCode(404).header("Cache-Status", "millrace; fwd=uri-miss");
        given().contentType("text/plain").body("x").put("/v1/cache/unread/k").then().statusCode(204);
        batch("hit");
    }

    private static void batch(String status) {
        given().contentType("application/json").body("{\"get\":[\"k\"]}").post("/v1/cache/unread/batch").then()
                .statusCode(200).body("items[0].status", equalTo(status));
    }
}
