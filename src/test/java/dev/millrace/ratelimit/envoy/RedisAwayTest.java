package dev.millrace.ratelimit.envoy;

import static dev.millrace.ratelimit.envoy.EnvoyClient.descriptor;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.Code;

@QuarkusTest
@WithTestResource(RedisAwayTest.NoRedis.class)
class RedisAwayTest {

    /** A port on which nobody can listen for long: 1 belongs to tcpmux. */
    public static class NoRedis implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            return Map.of("millrace.redis.url", "redis://127.0.0.1:1", "millrace.kv.url", "",
                    "millrace.ratelimit.envoy.descriptors", "src/test/resources/envoy/shop.yaml");
        }

        @Override
        public void stop() {}

        /** After the Redis of all tests, whose address it replaces. */
        @Override
        public int order() {
            return 1;
        }
    }

    @TestHTTPResource("/")
    URI service;

    @Test
    void withoutAFailModeTheCallFails() {
        try (EnvoyClient envoy = new EnvoyClient(service)) {
            StatusRuntimeException refusal = assertThrows(StatusRuntimeException.class,
                    () -> envoy.call("shop", descriptor("user", "1")));
            assertEquals(Status.Code.UNAVAILABLE, refusal.getStatus().getCode());
            assertThrows(StatusRuntimeException.class,
                    () -> envoy.call("shop", descriptor("tokens", "1"), descriptor("user", "1")));
        }
        given().header("Authorization", EnvoyClient.KEY)
                .body("{\"domain\":\"shop\",\"descriptors\":[{\"entries\":[{\"key\":\"user\",\"value\":\"1\"}]}]}")
                .post("/json").then().statusCode(503).contentType("application/problem+json")
                .header("Retry-After", notNullValue()).body("code", equalTo("redis-unavailable"));
    }

    @Test
    void theFailModeOfTheRuleDecides() {
        try (EnvoyClient envoy = new EnvoyClient(service)) {
            assertEquals(Code.OK, envoy.call("shop", descriptor("tokens", "1")).getOverallCode());
            assertEquals(Code.OVER_LIMIT, envoy.call("shop", descriptor("strict", "1")).getOverallCode());
            assertEquals(Code.OVER_LIMIT, envoy.call("shop", descriptor("user", "banned")).getOverallCode());
            assertEquals(Code.OK, envoy.call("shop", descriptor("user", "vip")).getOverallCode());
        }
    }
}
