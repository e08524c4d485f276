package dev.millrace.user;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.token.TokenCalls.user;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;
import dev.millrace.session.EventStream;
import dev.millrace.session.EventStream.Event;
import dev.millrace.token.TokenCalls;

/**
 * Guarantees of the sweep, though nobody asks for anything: of what has ended by time nothing stays in Redis, each end is told
 * exactly once, however many come together, and what has not ended stays.
 */
@QuarkusTest
class ExpirySweepTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    RedisConversation redis;

    /** More of one user's than one script removes. */
    @Test
    void nothingStaysOfWhatHasEndedAndEachEndIsToldOnce() {
        String user = user();
        Owner sessions = owner(RecordKind.SESSION, user);
        Owner tokens = owner(RecordKind.TOKEN, user);
        try (EventStream stream = new EventStream(ADMIN, null)) {
            List<String> ended = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                ended.add("session.expired " + open(user, ",'idle':" + (1 + i % 3)));
            }
            for (int i = 0; i < 10; i++) {
                ended.add("token.expired " + issue(user, ",'absolute':1"));
            }
            awaitGone(sessions);
            awaitGone(tokens);
            assertEquals(ended.stream().sorted().toList(), expired(stream, user));
        }
    }

    /** More users of one partition than one script names. */
    @Test
    void manyUsersOfOnePartitionAreSweptTogether() {
        String marker = user();
        List<String> users = Stream.iterate(0, i -> i + 1).map(i -> marker + '-' + i)
                .filter(u -> UserKey.of(u).partition() == UserKey.of(marker).partition()).limit(45).toList();
        try (EventStream stream = new EventStream(ADMIN, null)) {
            List<String> ended = new ArrayList<>();
            for (String user : users) {
                ended.add("session.expired " + open(user, ",'idle':1"));
            }
            users.forEach(user -> awaitGone(owner(RecordKind.SESSION, user)));
            assertEquals(ended.stream().sorted().toList(), expired(stream, marker));
        }
    }

    @Test
    void whatHasNotEndedStays() {
        String user = user();
        Owner owner = owner(RecordKind.SESSION, user);
        try (EventStream stream = new EventStream(ADMIN, null)) {
            String lasting = open(user, ",'idle':'1h'");
            String ending = open(user, ",'idle':1,'absolute':'1h'");
            stream.hear(user, 3);
            assertEquals(List.of("session.expired " + ending), expired(stream, user));
            as(ADMIN).get("/v1/users/{user}/sessions", user).then().body("items.id", hasItem(lasting))
                    .body("items.id", not(hasItem(ending)));
            assertEquals(0L, redis.call("HEXISTS", owner.records(), ending));
            assertEquals(0L, redis.call("HEXISTS", owner.records(), ending + ":d"));
            assertEquals(2L, redis.call("ZCARD", owner.index()), "with the one that shows the end");
            assertNotNull(redis.call("ZSCORE", due(owner), owner.member()));
            owner.keys().forEach(key -> assertTrue(redis.number("PTTL", key) > 0, key));
        }
    }

    private void awaitGone(Owner owner) {
        await().atMost(PATIENCE).until(() -> redis.number("EXISTS", owner.records(), owner.index()) == 0
                && redis.call("ZSCORE", due(owner), owner.member()) == null);
    }

    /** What was told to have ended by time, sorted; a last event of the user's shows that nothing more is to come. */
    private static List<String> expired(EventStream stream, String users) {
        String last = open(users, "");
        await().atMost(PATIENCE).until(() -> stream.about(users).stream()
                .anyMatch(event -> event.summary().equals("session.created " + last)));
        List<Event> heard = stream.about(users);
        assertFalse(heard.stream().anyMatch(event -> event.name().endsWith(".revoked")));
        return heard.stream().filter(event -> event.name().endsWith(".expired")).map(Event::summary).sorted().toList();
    }

    private static Owner owner(RecordKind kind, String user) {
        return new Owner("main", kind, UserKey.of(user));
    }

    private static String due(Owner owner) {
        return Owner.due(owner.tenant(), owner.user().partition());
    }

    private static String open(String user, String members) {
        return as(ADMIN, json("{'userId':'" + user + "'" + members + "}")).post("/v1/sessions").then().statusCode(201)
                .extract().path("session.id");
    }

    private static String issue(String user, String members) {
        return TokenCalls.issue(user, members).then().statusCode(201).extract().path("family");
    }
}
