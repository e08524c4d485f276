package dev.millrace.session;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.session.Sessions.OF_USER;
import static dev.millrace.session.Sessions.ONE_OF_USER;
import static dev.millrace.session.Sessions.create;
import static dev.millrace.session.Sessions.idOf;
import static dev.millrace.session.Sessions.idsOf;
import static dev.millrace.session.Sessions.look;
import static dev.millrace.session.Sessions.open;
import static dev.millrace.session.Sessions.patch;
import static dev.millrace.session.Sessions.use;
import static dev.millrace.session.Sessions.user;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/**
 * Guarantees of a user's sessions together: how many there may be and what happens to one more; listed by pages, the newest
 * first; revoked one by one, all, or all but one.
 */
@QuarkusTest
class SessionListTest {

    @Test
    void oneMoreThanAllowedIsRefused() {
        String user = user();
        String first = open(user, "'maxPerUser':2");
        String second = open(user, "'maxPerUser':2", "'onLimit':'reject'");
        create(user, "'maxPerUser':2").then().statusCode(409).contentType("application/problem+json")
                .body("code", equalTo("session-limit"));
        create(user, "'maxPerUser':1").then().statusCode(409);
        assertEquals(2, idsOf(user).size());
        look(first).then().statusCode(200);
        Sessions.with(second).delete(Sessions.CURRENT).then().statusCode(204);
        open(user, "'maxPerUser':2");
        create(user()).then().statusCode(201);
    }

    @Test
    void oneMoreThanAllowedEndsTheOldest() {
        String user = user();
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            awaitNextMs(tokens);
            tokens.add(open(user, "'maxPerUser':4", "'onLimit':'evict-oldest'"));
        }
        // Used last, but opened first.
        patch(tokens.get(0), "{'a':1}").then().statusCode(200);
        awaitNextMs(tokens);
        tokens.add(open(user, "'maxPerUser':4", "'onLimit':'evict-oldest'"));
        use(tokens.get(0)).then().statusCode(401).body("code", equalTo("session-invalid"));
        assertEquals(4, idsOf(user).size());
        awaitNextMs(tokens);
        tokens.add(open(user, "'maxPerUser':2", "'onLimit':'evict-oldest'"));
        assertEquals(List.of(idOf(tokens.get(5)), idOf(tokens.get(4))), idsOf(user));
    }

    @Test
    void isListedByPagesTheNewestFirst() {
        String user = user();
        List<String> newestFirst = new ArrayList<>();
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            awaitNextMs(tokens);
            tokens.add(open(user, "'data':{'n':" + i + "}", "'device':{'ipAddress':'::" + i + "'}"));
            newestFirst.add(0, idOf(tokens.get(i)));
        }
        assertEquals(newestFirst, idsOf(user));
        for (int limit = 1; limit <= 6; limit++) {
            List<String> seen = new ArrayList<>();
            String cursor = "";
            while (cursor != null) {
                Response page = page(user, limit, cursor);
                List<String> ids = page.path("items.id");
                cursor = page.path("nextCursor");
                seen.addAll(ids);
                assertTrue(ids.size() == limit || cursor == null, "only the last page is short");
                assertTrue(!ids.isEmpty() && seen.size() <= 5, () -> "pages that lead nowhere: " + seen);
            }
            assertEquals(newestFirst, seen, "by " + limit);
        }
        Response all = page(user, 500, "");
        all.then().contentType("application/json").header("Cache-Control", "no-store")
                .body("items.data.n", equalTo(List.of(4, 3, 2, 1, 0))).body("$", not(hasKey("nextCursor")));
        assertEquals(look(tokens.get(4)).<Map<String, Object>>path("$"), all.path("items[0]"));
        as(ADMIN).get(OF_USER, user()).then().statusCode(200).body("items", equalTo(List.of()))
                .body("$", not(hasKey("nextCursor")));
    }

    /** What is opened or ended meanwhile makes no page skip or repeat one that stays. */
    @Test
    void pagesFollowOnWhateverChangesMeanwhile() {
        String user = user();
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            awaitNextMs(tokens);
            tokens.add(open(user));
        }
        List<String> ids = idsOf(user);
        Response first = page(user, 2, "");
        assertEquals(ids.subList(0, 2), first.path("items.id"));
        open(user);
        as(ADMIN).delete(ONE_OF_USER, user, ids.get(1)).then().statusCode(204);
        as(ADMIN).delete(ONE_OF_USER, user, ids.get(3)).then().statusCode(204);
        page(user, 2, first.path("nextCursor")).then().body("items.id", equalTo(List.of(ids.get(2), ids.get(4))));
    }

    @Test
    void aPageOfLargeSessionsIsShorter() {
        String user = user();
        for (int i = 0; i < 20; i++) {
            open(user, "'data':{'a':'" + "x".repeat(65_000) + "'}");
        }
        Response page = page(user, 20, "");
        List<String> ids = new ArrayList<>(page.<List<String>>path("items.id"));
        assertTrue(ids.size() < 20 && page.asString().length() < 1_200_000, ids.size() + " on a page");
        Response rest = page(user, 20, page.path("nextCursor"));
        rest.then().body("$", not(hasKey("nextCursor")));
        ids.addAll(rest.<List<String>>path("items.id"));
        assertEquals(20, new HashSet<>(ids).size());
    }

    @Test
    void oneIsRevoked() {
        String user = user();
        String token = open(user);
        String another = open(user);
        String id = idOf(token);
        as(ADMIN).delete(ONE_OF_USER, user(), id).then().statusCode(404).body("code", equalTo("session-unknown"));
        look(token).then().statusCode(200);
        as(ADMIN).delete(ONE_OF_USER, user, id).then().statusCode(204).header("Cache-Control", "no-store")
                .body(equalTo(""));
        use(token).then().statusCode(401).body("code", equalTo("session-invalid"));
        as(ADMIN).delete(ONE_OF_USER, user, id).then().statusCode(404).body("code", equalTo("session-unknown"));
        assertEquals(List.of(idOf(another)), idsOf(user));
    }

    @Test
    void allAreRevoked() {
        String user = user();
        String somebodyElse = open(user());
        List<String> tokens = List.of(open(user), open(user), open(user));
        as(ADMIN).delete(OF_USER, user).then().statusCode(204).header("Cache-Control", "no-store").body(equalTo(""));
        tokens.forEach(token -> use(token).then().statusCode(401));
        assertEquals(List.of(), idsOf(user));
        as(ADMIN).delete(OF_USER, user).then().statusCode(204);
        look(somebodyElse).then().statusCode(200);
        look(open(user)).then().statusCode(200);
    }

    @Test
    void allButOneAreRevoked() {
        String user = user();
        String kept = open(user, "'data':{'n':1.10}", "'device':{'userAgent':'x'}");
        List<String> others = List.of(open(user), open(user));
        Response before = look(kept);
        as(ADMIN).queryParam("except", before.<String>path("id")).delete(OF_USER, user).then().statusCode(204);
        others.forEach(token -> use(token).then().statusCode(401));
        assertEquals(before.asString(), look(kept).asString());
        page(user, 10, "").then().body("items", hasSize(1)).body("items[0]", equalTo(before.path("$")));
        use(kept).then().statusCode(200);
    }

    /** Above all not as if nothing had been excepted. */
    @Test
    void nothingIsRevokedWhereTheExceptionIsNotAlive() {
        String user = user();
        String token = open(user);
        String ended = open(user);
        String endedId = idOf(ended);
        Sessions.with(ended).delete(Sessions.CURRENT).then().statusCode(204);
        String foreign = idOf(open(user()));
        for (String except : List.of("x", endedId, foreign, endedId + "x", "user", "*")) {
            as(ADMIN).queryParam("except", except).delete(OF_USER, user).then().statusCode(404)
                    .body("code", equalTo("session-unknown"));
        }
        as(ADMIN).delete(OF_USER + "?except=", user).then().statusCode(400).body("violations.field", hasItem("except"));
        as(ADMIN).delete(OF_USER + "?except", user).then().statusCode(400);
        look(token).then().statusCode(200);
    }

    /** Of two sessions of one ms the id decides which is the older one. */
    private static void awaitNextMs(List<String> tokens) {
        if (!tokens.isEmpty()) {
            Instant last = Instant.parse(look(tokens.get(tokens.size() - 1)).path("createdAt"));
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                    .until(() -> Instant.now().toEpochMilli() > last.toEpochMilli());
        }
    }

    private static Response page(String user, int limit, String cursor) {
        Response page = as(ADMIN).queryParam("limit", limit).queryParam("cursor", cursor).get(OF_USER, user);
        page.then().statusCode(200);
        return page;
    }
}
