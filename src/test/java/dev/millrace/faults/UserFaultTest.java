package dev.millrace.faults;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.token.TokenCalls.issue;
import static dev.millrace.token.TokenCalls.issued;
import static dev.millrace.token.TokenCalls.list;
import static dev.millrace.token.TokenCalls.revoke;
import static dev.millrace.token.TokenCalls.rotate;
import static dev.millrace.token.TokenCalls.rotated;
import static dev.millrace.token.TokenCalls.user;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.oneOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.redis.RedisConversation;
import dev.millrace.session.EventStream;
import dev.millrace.session.EventStream.Event;

/**
 * While Redis is away, every call about sessions and refresh tokens fails in time and says why, so that nobody is let in unseen
 * and nobody is taken for a thief; afterwards all is as it was, and who listens has missed nothing.
 */
@QuarkusTest
@WithTestResource(UserFaultTest.PatientRedis.class)
class UserFaultTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Far above the deadline, even where the machine is busy. */
    private static final long HANG_MS = 15_000;

    /** With a deadline that a busy machine keeps, for here no call may fail while all is well. */
    public static class PatientRedis extends FaultyRedis {

        @Override
        public Map<String, String> start() {
            Map<String, String> config = new HashMap<>(super.start());
            config.put("millrace.redis.timeout", "3s");
            return config;
        }
    }

    private final String user = user();
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
        awaitService();
    }

    @Test
    void everyCallAnswers503WhileRedisIsStoppedAndWorksAfterwards() {
        String session = open(",'data':{'a':1}").path("token");
        String token = issued(user, ",'claims':{'a':1},'grace':0");
        save();
        kill();
        calls(session, token).forEach(call -> unavailable(call.get()));

        FaultyRedis.server.start();
        killed = false;
        awaitService();
        current(session).then().statusCode(200).body("userId", equalTo(user)).body("data.a", equalTo(1));
        rotate(token).then().statusCode(200).body("generation", equalTo(2)).body("claims.a", equalTo(1));
        list(user).then().body("items.size()", equalTo(1));
    }

    @Test
    void aFrozenRedisHangsNobody() {
        String session = open("").path("token");
        String token = issued(user, ",'grace':'60s'");
        paused = true;
        FaultyRedis.server.pause();
        calls(session, token).forEach(call -> unavailable(call.get()));
        FaultyRedis.server.resume();
        paused = false;
        awaitService();
        // It may have heard, and done, what it could not answer any more.
        current(session).then().statusCode(oneOf(200, 401));
        rotate(token).then().statusCode(oneOf(200, 401));
    }

    @Test
    void aRotationWhoseAnswerWasLostIsTriedAgain() {
        String token = issued(user, ",'grace':'60s'");
        paused = true;
        FaultyRedis.server.pause();
        // Redis has it in its socket and will do it when it wakes up.
        unavailable(rotate(token));
        FaultyRedis.server.resume();
        paused = false;
        awaitService();
        String successor = rotate(token).then().statusCode(200).body("generation", equalTo(2)).extract()
                .path("refreshToken");
        rotate(successor).then().statusCode(200).body("generation", equalTo(3));
    }

    @Test
    void whatIsNoTokenIsRefusedWithoutRedis() {
        String session = open("").path("token");
        String token = issued(user, "");
        kill();
        String wrong = token.substring(0, token.length() - 1) + (token.endsWith("A") ? "B" : "A");
        rotate(wrong).then().statusCode(401).body("code", equalTo("token-invalid"));
        revoke(wrong).then().statusCode(204);
        current(session + "A").then().statusCode(401).body("code", equalTo("session-invalid"));
        as(ADMIN).formParam("token", wrong).post("/v1/oauth/introspect").then().statusCode(200)
                .body("active", equalTo(false));
        issue(user, ",'idle':0").then().statusCode(400);
    }

    @Test
    void forgottenScriptsGoUnnoticed() {
        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            String session = open("").path("token");
            String token = issued(user, "");
            for (int i = 0; i < 5; i++) {
                redis.call("SCRIPT", "FLUSH");
                current(session).then().statusCode(200);
                redis.call("SCRIPT", "FLUSH");
                token = rotated(token);
                redis.call("SCRIPT", "FLUSH");
                list(user).then().statusCode(200);
                redis.call("SCRIPT", "FLUSH");
                as(ADMIN, "{\"data\":{\"n\":1}}").header("Session-Token", session).patch("/v1/sessions/current").then()
                        .statusCode(200);
                redis.call("SCRIPT", "FLUSH");
                open("");
            }
            redis.call("SCRIPT", "FLUSH");
            as(ADMIN).delete("/v1/users/{user}/sessions", user).then().statusCode(204);
            current(session).then().statusCode(401);
        }
    }

    @Test
    void aListenerHearsAgainAfterAnOutage() {
        try (EventStream stream = new EventStream(ADMIN, null)) {
            open("");
            stream.hear(user, 1);
            String ends = open(",'idle':'1s'").path("session.id");
            stream.hear(user, 2);
            // Both at once, so that nothing is told in between and then forgotten.
            killed = true;
            try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
                assertThrows(UncheckedIOException.class, () -> redis.call("SHUTDOWN", "SAVE"));
            }
            kill();
            // So long that he has surely asked Redis in vain.
            await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> list("probe").statusCode() == 503);
            assertFalse(stream.hasEnded());
            FaultyRedis.server.start();
            killed = false;
            awaitService();
            String opened = open("").path("session.id");
            List<String> heard = stream.hear(user, 4).stream().map(Event::summary).toList();
            assertEquals(4, heard.size());
            assertEquals(Set.of("session.expired " + ends, "session.created " + opened),
                    Set.copyOf(heard.subList(2, 4)));
            assertFalse(stream.hasEnded());
        }
    }

    @Test
    void whoComesWhileRedisIsAwayHearsWhatComesAfterwards() {
        kill();
        try (EventStream stream = new EventStream(ADMIN, null)) {
            FaultyRedis.server.start();
            killed = false;
            awaitService();
            // Redis answers others already, and him at his next try.
            await().atMost(PATIENCE).until(() -> {
                open("");
                return !stream.about(user).isEmpty();
            });
            String last = open("").path("session.id");
            await().atMost(PATIENCE).until(() -> stream.about(user).stream().map(Event::summary)
                    .anyMatch(heard -> heard.equals("session.created " + last)));
        }
    }

    /** The calls, of which those that end something come last. */
    private List<Supplier<Response>> calls(String session, String token) {
        return List.of(() -> as(ADMIN, json("{'userId':'" + user + "'}")).post("/v1/sessions"), () -> current(session),
                () -> as(ADMIN, "{\"data\":{}}").header("Session-Token", session).patch("/v1/sessions/current"),
                () -> as(ADMIN).get("/v1/users/{user}/sessions", user), () -> list(user), () -> issue(user, ""),
                () -> rotate(token), () -> as(ADMIN).formParam("token", token).post("/v1/oauth/introspect"),
                () -> as(ADMIN).formParam("token", session).post("/v1/oauth/introspect"),
                () -> as(ADMIN).header("Session-Token", session).post("/v1/sessions/current/rotate"),
                () -> as(ADMIN).header("Session-Token", session).delete("/v1/sessions/current"),
                () -> as(ADMIN).formParam("token", token).post("/v1/oauth/revoke"), () -> revoke(token),
                () -> as(ADMIN).delete("/v1/users/{user}/sessions", user),
                () -> as(ADMIN).delete("/v1/users/{user}/sessions/{id}", user, "A".repeat(20)),
                () -> as(ADMIN).delete("/v1/users/{user}/tokens", user),
                () -> as(ADMIN).delete("/v1/users/{user}/tokens/{id}", user, "A".repeat(20)));
    }

    private static void unavailable(Response response) {
        response.then().statusCode(503).contentType("application/problem+json")
                .body("code", equalTo("redis-unavailable")).header("Retry-After", notNullValue());
        assertTrue(response.time() < HANG_MS, response.time() + " ms");
    }

    private Response open(String members) {
        Response opened = as(ADMIN, json("{'userId':'" + user + "'" + members + "}")).post("/v1/sessions");
        opened.then().statusCode(201);
        return opened;
    }

    private static Response current(String session) {
        return as(ADMIN).header("Session-Token", session).get("/v1/sessions/current");
    }

    private static void save() {
        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            redis.call("SAVE");
        }
    }

    private void kill() {
        killed = true;
        FaultyRedis.server.kill();
        await().atMost(PATIENCE).until(() -> list("probe").statusCode() == 503);
    }

    /** Until Redis answers through every event loop. */
    private static void awaitService() {
        await().atMost(PATIENCE).until(() -> {
            for (int i = 0; i < 10; i++) {
                if (list("probe").statusCode() != 200) {
                    return false;
                }
            }
            return true;
        });
    }
}
