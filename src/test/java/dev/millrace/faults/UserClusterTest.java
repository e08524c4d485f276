package dev.millrace.faults;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.token.TokenCalls.issue;
import static dev.millrace.token.TokenCalls.rotate;
import static dev.millrace.token.TokenCalls.rotated;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;
import dev.millrace.session.EventStream;
import dev.millrace.session.EventStream.Event;
import dev.millrace.user.EventPosition;
import dev.millrace.user.UserKey;

/** Sessions, refresh tokens and their events on a cluster of three primaries: of users who live on all of them. */
@QuarkusTest
@WithTestResource(RedisCluster.class)
class UserClusterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CURRENT = "/v1/sessions/current";
    private static final String USER_SESSIONS = "/v1/users/{user}/sessions";

    @Test
    void sessionsWorkOnEveryNode() {
        for (String user : users("sessions")) {
            Response opened = open(user, "");
            String id = opened.path("session.id");
            String token = opened.path("token");
            as(ADMIN).header("Session-Token", token).get(CURRENT).then().statusCode(200).body("userId", equalTo(user));
            as(ADMIN, json("{'data':{'a':1}}")).header("Session-Token", token).patch(CURRENT).then().statusCode(200)
                    .body("data", equalTo(Map.of("a", 1))).body("version", equalTo(2));
            String next = as(ADMIN, json("{'grace':0}")).header("Session-Token", token).post(CURRENT + "/rotate").then()
                    .statusCode(200)
                    .body("token", not(equalTo(token))).extract().path("token");
            as(ADMIN).header("Session-Token", token).get(CURRENT).then().statusCode(401);
            open(user, "");
            as(ADMIN).get(USER_SESSIONS, user).then().statusCode(200).body("items", hasSize(2));
            as(ADMIN).delete(USER_SESSIONS + "?except=" + id, user).then().statusCode(204);
            as(ADMIN).get(USER_SESSIONS, user).then().body("items.id", contains(id));
            as(ADMIN).delete(USER_SESSIONS, user).then().statusCode(204);
            as(ADMIN).header("Session-Token", next).get(CURRENT).then().statusCode(401);
        }
        assertEquals(RedisCluster.nodes.size(), nodesWithEvents());
    }

    @Test
    void refreshTokensWorkOnEveryNode() {
        for (String user : users("tokens")) {
            String first = issue(user, ",'claims':{'a':1}").then().statusCode(201).extract().path("refreshToken");
            rotate(first).then().statusCode(200).body("userId", equalTo(user)).body("claims.a", equalTo(1));
            String second = rotate(first).then().statusCode(200).body("generation", equalTo(2)).extract()
                    .path("refreshToken");
            String third = rotated(second);
            as(ADMIN).formParam("token", third).post("/v1/oauth/introspect").then().body("sub", equalTo(user));
            rotate(first).then().statusCode(401).body("code", equalTo("token-reused"));
            rotate(third).then().statusCode(401).body("code", equalTo("token-invalid"));
            issue(user, "").then().statusCode(201);
            as(ADMIN).delete("/v1/users/{user}/tokens", user).then().statusCode(204);
            as(ADMIN).get("/v1/users/{user}/tokens", user).then().statusCode(200).body("items", empty());
        }
        assertEquals(RedisCluster.nodes.size(), nodesWithEvents());
    }

    /** What happens on different nodes is told in one order, to who stays and to who comes back. */
    @Test
    void eventsOfAllNodesComeInOneOrder() {
        List<String> users = users("events");
        List<Event> stayed;
        try (EventStream stays = new EventStream(ADMIN, null)) {
            users.forEach(user -> open(user, ",'idle':'1ms'"));
            stays.hear("events", 2 * users.size());
            users.forEach(user -> open(user, ""));
            users.forEach(user -> as(ADMIN).delete(USER_SESSIONS, user).then().statusCode(204));
            stayed = stays.hear("events", 4 * users.size());
        }
        for (String user : users) {
            List<String> names = stayed.stream().filter(e -> e.get("userId").equals(user)).map(Event::name).toList();
            assertEquals(Map.of("session.created", 2L, "session.expired", 1L, "session.revoked", 1L),
                    names.stream().collect(Collectors.groupingBy(name -> name, Collectors.counting())), user);
            assertEquals("session.created", names.get(0));
        }
        for (int i = 1; i < stayed.size(); i++) {
            EventPosition before = EventPosition.parse(stayed.get(i - 1).id());
            assertTrue(before.compareTo(EventPosition.parse(stayed.get(i).id())) < 0, stayed.get(i).toString());
        }
        for (int i : new int[]{0, 7, 60, 100}) {
            try (EventStream back = new EventStream(ADMIN, stayed.get(i).id())) {
                assertEquals(stayed.subList(i + 1, stayed.size()),
                        back.hear("events", stayed.size() - i - 1));
            }
        }
    }

    @Test
    void whatHasEndedIsSweptOnEveryNode() {
        List<String> users = users("swept");
        try (EventStream stream = new EventStream(ADMIN, null)) {
            List<String> ended = new ArrayList<>();
            for (String user : users) {
                ended.add("session.expired " + open(user, ",'idle':'1ms'").path("session.id"));
                ended.add("token.expired " + issue(user, ",'idle':'1ms'").path("family"));
            }
            List<Event> heard = stream.hear("swept", 4 * users.size());
            assertEquals(ended.stream().sorted().toList(), heard.stream().filter(e -> e.name().endsWith(".expired"))
                    .map(Event::summary).sorted().toList());
        }
        await().atMost(PATIENCE).until(() -> keys("mr:{main:user:*}:*").stream()
                .noneMatch(key -> users.stream().anyMatch(user -> key.endsWith(UserKey.of(user).hash()))));
    }

    /** A node that answers nobody for a while holds everything up, and afterwards nothing was lost. */
    @Test
    void aFrozenNodeOnlyDelaysEvents() {
        List<String> users = users("frozen");
        try (EventStream stream = new EventStream(ADMIN, null)) {
            users.forEach(user -> open(user, ",'idle':'1ms'"));
            RedisServerProcess node = RedisCluster.nodes.get(1);
            node.pause();
            try {
                await().atMost(PATIENCE).until(() -> users.stream()
                        .anyMatch(user -> as(ADMIN).get(USER_SESSIONS, user).statusCode() == 503));
            } finally {
                node.resume();
            }
            await().atMost(PATIENCE).until(() -> users.stream()
                    .allMatch(user -> as(ADMIN).get(USER_SESSIONS, user).statusCode() == 200));
            users.forEach(user -> open(user, ""));
            List<Event> heard = stream.hear("frozen", 3 * users.size());
            assertEquals(3 * users.size(), heard.size());
        }
    }

    private static List<String> users(String prefix) {
        return IntStream.range(0, 30).mapToObj(i -> prefix + i).toList();
    }

    private static Response open(String user, String members) {
        Response opened = as(ADMIN, json("{'userId':'" + user + "'" + members + "}")).post("/v1/sessions");
        opened.then().statusCode(201);
        return opened;
    }

    private static long nodesWithEvents() {
        return RedisCluster.nodes.stream().filter(node -> !keys(node, "mr:{main:user:*}:events").isEmpty()).count();
    }

    private static List<String> keys(String pattern) {
        return RedisCluster.nodes.stream().flatMap(node -> keys(node, pattern).stream()).toList();
    }

    private static List<String> keys(RedisServerProcess node, String pattern) {
        try (RedisConversation redis = new RedisConversation(node.port())) {
            return redis.keys(pattern);
        }
    }
}
