package dev.millrace.session;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.SESSION_READER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.token.TokenCalls.issue;
import static dev.millrace.token.TokenCalls.rotate;
import static dev.millrace.token.TokenCalls.rotated;
import static dev.millrace.token.TokenCalls.user;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.session.EventStream.Event;
import dev.millrace.user.EventPosition;

/**
 * Guarantees of the stream of events: all that happens to sessions and refresh tokens is told, once, in one order; who comes
 * back with the last id he has misses nothing and hears nothing twice; tenants do not hear each other.
 */
@QuarkusTest
class SessionEventsTest {

    private static final String EVENTS = "/v1/sessions/events";
    private static final String USER_SESSIONS = "/v1/users/{user}/sessions";

    @Test
    void whatHappensIsToldInOrder() {
        String user = user();
        try (EventStream stream = new EventStream(ADMIN, null)) {
            List<String> expected = new ArrayList<>();
            Response one = open(user, "");
            as(ADMIN).header("Session-Token", one.path("token")).delete("/v1/sessions/current").then().statusCode(204);
            String two = open(user, "").path("session.id");
            String three = open(user, ",'maxPerUser':1,'onLimit':'evict-oldest'").path("session.id");
            as(ADMIN).delete(USER_SESSIONS + "/{id}", user, three).then().statusCode(204);
            String four = open(user, "").path("session.id");
            String five = open(user, "").path("session.id");
            as(ADMIN).delete(USER_SESSIONS + "?except=" + five, user).then().statusCode(204);
            as(ADMIN).delete(USER_SESSIONS, user).then().statusCode(204);
            String oneId = one.path("session.id");
            expected.addAll(List.of("session.created " + oneId, "session.revoked " + oneId + " logout",
                    "session.created " + two, "session.evicted " + two, "session.created " + three,
                    "session.revoked " + three + " revoked", "session.created " + four, "session.created " + five,
                    "session.revoked all " + five, "session.revoked all"));
            List<Event> heard = stream.hear(user, expected.size());
            assertEquals(expected, heard.stream().map(Event::summary).toList());
            requireWellFormed(user, heard);
        }
    }

    @Test
    void whatHappensToRefreshTokensIsToldToo() {
        String user = user();
        try (EventStream stream = new EventStream(SESSION_READER, null)) {
            Response stolen = issue(user, "");
            rotated(rotated(stolen.path("refreshToken")));
            rotate(stolen.path("refreshToken")).then().statusCode(401).body("code", equalTo("token-reused"));
            rotate(stolen.path("refreshToken")).then().statusCode(401).body("code", equalTo("token-invalid"));
            String revoked = issue(user, "").path("family");
            as(ADMIN).delete("/v1/users/{user}/tokens/{family}", user, revoked).then().statusCode(204);
            issue(user, "");
            as(ADMIN).delete("/v1/users/{user}/tokens", user).then().statusCode(204);
            String ended = issue(user, ",'idle':'1ms'").path("family");
            List<Event> heard = stream.hear(user, 8);
            String family = stolen.path("family");
            assertEquals(List.of("token.created " + family, "token.reused " + family, "token.created " + revoked,
                    "token.revoked " + revoked + " revoked", heard.get(4).summary(), "token.revoked all",
                    "token.created " + ended, "token.expired " + ended), heard.stream().map(Event::summary).toList());
            requireWellFormed(user, heard);
        }
    }

    @Test
    void whatEndsByTimeIsToldAlthoughNobodyAsks() {
        String user = user();
        try (EventStream stream = new EventStream(ADMIN, null)) {
            String idle = open(user, ",'idle':'50ms'").path("session.id");
            String absolute = open(user, ",'absolute':1").path("session.id");
            String lasting = open(user, "").path("session.id");
            List<String> heard = stream.hear(user, 5).stream().map(Event::summary).toList();
            assertEquals(new HashSet<>(List.of("session.created " + idle, "session.created " + absolute,
                    "session.created " + lasting, "session.expired " + idle, "session.expired " + absolute)),
                    new HashSet<>(heard));
            assertEquals(5, heard.size());
        }
    }

    /** Among eight who open sessions as fast as they can, one listener stays and another one leaves all the time. */
    @Test
    void whoComesBackMissesNothingAndHearsNothingTwice() throws Exception {
        String users = user();
        int each = 30;
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try (EventStream stays = new EventStream(ADMIN, null)) {
            open(users + "-marker", "");
            String last = stays.hear(users, 1).get(0).id();
            List<Future<?>> done = new ArrayList<>();
            for (int client = 0; client < 8; client++) {
                String user = users + '-' + client;
                done.add(clients.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        open(user + "-" + i, "");
                    }
                }));
            }
            List<Event> heard = new ArrayList<>();
            int comings = 0;
            while (heard.stream().filter(event -> event.get("userId").startsWith(users)).count() < 8L * each) {
                List<Event> more;
                try (EventStream comes = new EventStream(ADMIN, last)) {
                    comings++;
                    await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(5))
                            .until(() -> !comes.events().isEmpty());
                    more = comes.events();
                }
                heard.addAll(more);
                last = more.get(more.size() - 1).id();
            }
            for (Future<?> future : done) {
                future.get();
            }
            List<String> expected = stays.hear(users, 1 + 8 * each).stream().skip(1).map(Event::toString).toList();
            assertEquals(expected, heard.stream().filter(event -> event.get("userId").startsWith(users))
                    .map(Event::toString).toList());
            assertEquals(8 * each, new HashSet<>(expected).size());
            assertTrue(comings > 1, "left at least once");
            requireOneOrder(heard);
        } finally {
            clients.shutdown();
        }
    }

    @Test
    void fromZeroAllIsToldThatIsKept() {
        String user = user();
        String before = open(user, "").path("session.id");
        try (EventStream stream = new EventStream(ADMIN, "0")) {
            assertEquals("session.created " + before, stream.hear(user, 1).get(0).summary());
            String after = open(user, "").path("session.id");
            List<Event> heard = stream.hear(user, 2);
            assertEquals("session.created " + after, heard.get(1).summary());
            requireOneOrder(stream.events());
        }
    }

    @Test
    void withoutAnIdOnlyWhatIsNewIsTold() {
        String before = user();
        open(before, "");
        // Until it has surely been another ms when the listener comes.
        try (EventStream first = new EventStream(ADMIN, "0")) {
            first.hear(before, 1);
        }
        try (EventStream stream = new EventStream(ADMIN, null)) {
            String after = user();
            open(after, "");
            stream.hear(after, 1);
            assertEquals(List.of(), stream.about(before));
        }
    }

    @Test
    void otherTenantsAreNotHeard() {
        String user = user();
        try (EventStream main = new EventStream(ADMIN, null); EventStream other = new EventStream(OTHER, null)) {
            String theirs = as(OTHER, json("{'userId':'" + user + "'}")).post("/v1/sessions").path("session.id");
            assertEquals("session.created " + theirs, other.hear(user, 1).get(0).summary());
            String ours = open(user, "").path("session.id");
            assertEquals(List.of("session.created " + ours), main.hear(user, 1).stream().map(Event::summary).toList());
            as(OTHER).delete(USER_SESSIONS, user).then().statusCode(204);
            assertEquals(List.of("session.created " + theirs, "session.revoked all"),
                    other.hear(user, 2).stream().map(Event::summary).toList());
            assertFalse(other.events().stream().anyMatch(event -> ours.equals(event.get("sessionId"))));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1", "-1", "1-2", "1-2-3-4", "1--2", "1-1000-0", "9999999999999999-1-1", "1-2-3,1-2-4",
            "1-1-99999999999999999999", "$", "null"})
    void whatIsNoIdIsRefused(String id) {
        JsonNode problem = EventStream.refusal(400, ADMIN, id);
        assertEquals("invalid-request", problem.path("code").textValue());
        assertEquals("Last-Event-ID", problem.at("/violations/0/field").textValue());
    }

    @Test
    void withoutTheScopeNothingIsTold() {
        assertEquals("unauthenticated", EventStream.refusal(401, "mr_admin_wrong", null).path("code").textValue());
        assertEquals("forbidden", EventStream.refusal(403, LIMITER, null).path("code").textValue());
        as(ADMIN).post(EVENTS).then().statusCode(405);
    }

    /** One key has 50 listeners on one replica at most; one that leaves makes room, and other keys have theirs. */
    @Test
    void tooManyListenersOfAKeyAreRefused() {
        List<EventStream> streams = new ArrayList<>();
        try {
            // Listeners of tests before may still be about to leave.
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(1)).until(
                    () -> streams.size() == 50 || listen(streams) && streams.size() == 50);
            JsonNode refused = EventStream.refusal(429, OTHER, null);
            assertEquals("listener-limit", refused.path("code").textValue());
            assertEquals("The key other has the maximum of 50 listeners on this replica",
                    refused.path("detail").textValue());
            new EventStream(ADMIN, null).close();
            streams.remove(0).close();
            await().atMost(Duration.ofSeconds(60)).until(() -> listen(streams));
        } finally {
            streams.forEach(EventStream::close);
        }
    }

    /** Whether one more may listen. */
    private static boolean listen(List<EventStream> streams) {
        Optional<EventStream> stream = EventStream.ifThereIsRoom(OTHER);
        stream.ifPresent(streams::add);
        return stream.isPresent();
    }

    private static void requireWellFormed(String user, List<Event> heard) {
        for (Event event : heard) {
            assertEquals(event.name(), event.get("type"));
            assertEquals(user, event.get("userId"));
            assertEquals(EventPosition.parse(event.id()).ms(), Instant.parse(event.get("at")).toEpochMilli());
        }
        requireOneOrder(heard);
    }

    private static void requireOneOrder(List<Event> heard) {
        for (int i = 1; i < heard.size(); i++) {
            EventPosition before = EventPosition.parse(heard.get(i - 1).id());
            assertTrue(before.compareTo(EventPosition.parse(heard.get(i).id())) < 0,
                    heard.get(i - 1) + " " + heard.get(i));
        }
    }

    private static Response open(String user, String members) {
        Response opened = as(ADMIN, json("{'userId':'" + user + "'" + members + "}")).post("/v1/sessions");
        opened.then().statusCode(201);
        return opened;
    }
}
