package dev.millrace.edge;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.Api;
import dev.millrace.redis.RedisRefusal;

/** Whatever Redis refuses is an outage to callers of every feature: 503 with {@code Retry-After}, or the fail mode; never a 500. */
@QuarkusTest
@WithTestResource(RefusingRedis.class)
class RefusalsTest {

    /** A call of each feature that needs Redis: method, path, body. */
    private record Call(String method, String path, String body) {

        Response send() {
            return (body.isEmpty() ? given() : Api.as(Api.ADMIN, Api.json(body))).urlEncodingEnabled(false)
                    .request(method, path);
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private static Call call(String method, String path) {
        return new Call(method, path, "");
    }

    private static Stream<Call> needRedis() {
        return Stream.of(
                new Call("PUT", "/v1/ratelimit/policies/p", "{'algorithm':'fixed-window','limit':1,'window':'1m'}"),
                call("GET", "/v1/ratelimit/policies"), call("DELETE", "/v1/ratelimit/open/x"),
                call("POST", "/v1/ratelimit/unknown/x"),
                new Call("POST", "/v1/sessions", "{'userId':'u'}"), call("GET", "/v1/users/u/tokens"),
                new Call("PUT", "/v1/cache/r/k", "1"), call("DELETE", "/v1/cache/r"),
                new Call("POST", "/v1/queues/q/jobs", "{'jobs':[{'type':'t'}]}"),
                new Call("POST", "/v1/queues/q/reserve", "{'max':1}"), call("GET", "/v1/queues/q/schedules"));
    }

    /** One of each kind; {@code RedisRefusalTest} has the others. */
    private static Stream<RefusalReplies> kinds() {
        Set<RedisRefusal> kinds = EnumSet.noneOf(RedisRefusal.class);
        return Arrays.stream(RefusalReplies.values()).filter(reply -> kinds.add(reply.refusal()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void isAnOutage(RefusalReplies reply) {
        RefusingRedis.reply = reply.text();
        needRedis().forEach(call -> {
            Response response = call.send();
            assertEquals(503, response.statusCode(), () -> call + ": " + response.asString());
            assertEquals("redis-unavailable", response.path("code"), call::toString);
            assertNotNull(response.getHeader("Retry-After"), call::toString);
        });
        for (String path : List.of("/v1/ratelimit/open/x", "/v1/ratelimit/local/x")) {
            Response allowed = given().post(path);
            assertEquals(200, allowed.statusCode(), path);
            assertEquals(true, allowed.path("degraded"), path);
        }
        assertEquals(429, given().post("/v1/ratelimit/closed/x").statusCode());
        assertEquals(201, given().post("/v1/ratelimit/leases/x/leases").statusCode());
        Response miss = given().get("/v1/cache/r/k");
        assertEquals(404, miss.statusCode());
        assertTrue(miss.getHeader("Cache-Status").contains("redis-unavailable"), miss.getHeader("Cache-Status"));
        for (String path : List.of("/redis/get/k", "/redis/set/k/v")) {
            Response refused = given().get(path);
            assertEquals(503, refused.statusCode(), refused::asString);
            assertNotNull(refused.path("error"), path);
        }
        int operator = given().get("/v1/ops/redis/info").statusCode();
        assertEquals(reply.refusal().isOfCommand() ? 502 : 503, operator, "an operator's call");
        if (!reply.refusal().meansReconnect()) {
            // Else there is no connection most of the time.
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertEquals(
                    "Redis refused the call: " + reply.refusal().reason(),
                    given().get("/v1/ratelimit/policies").path("detail")));
        }
    }

    /** Each is logged once however many calls are refused, with what to do. */
    @Test
    void isLoggedOnce() {
        List<String> lines = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public synchronized void publish(LogRecord line) {
                lines.add(String.format(line.getMessage(), line.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.millrace");
        logger.addHandler(handler);
        try {
            RefusingRedis.reply = "NOPERM this user has no permissions to run the 'logged' command";
            for (int i = 0; i < 20; i++) {
                given().get("/v1/ratelimit/policies").then().statusCode(503);
            }
        } finally {
            logger.removeHandler(handler);
        }
        assertTrue(lines.stream().filter(line -> line.startsWith("Redis refuses calls (NOPERM")).count() <= 1,
                lines::toString);
        assertEquals(0, lines.stream().filter(line -> line.contains("Unexpected failure")).count(), lines::toString);
    }
}
