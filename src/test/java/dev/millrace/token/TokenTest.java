package dev.millrace.token;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.SESSION_READER;
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
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;

/**
 * Guarantees of refresh tokens: the answers of every call; claims come back as they were sent; a token is good for one
 * exchange, and one that is stolen ends its family; families end by themselves, one by one or together; tenants do not meet.
 */
@QuarkusTest
class TokenTest {

    private static final String USER_TOKENS = "/v1/users/{user}/tokens";
    private static final String INSTANT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";
    private static final String CLAIMS = """
            { "price" : 1.10, "big":12345678901234567890, "exp":1E+2, "zero":-0.0, "list":[], "text":"\\u00e9\\"",
              "none":null, "deep":{"a":{"b":[1,{}]}} }""";
    private static final String KEPT = """
            "claims":{"price":1.10,"big":12345678901234567890,"exp":1E+2,"zero":-0.0,"list":[],"text":"é\\"",\
            "none":null,"deep":{"a":{"b":[1,{}]}}}""";

    @Test
    void anAnswerThatWasLostCanBeHadAgainWhereTheFamilyAllowsIt() {
        String first = issued(user(), ",'grace':0,'lostAnswer':'allow'");
        String lost = rotated(first);
        String second = rotated(first);
        assertNotEquals(lost, second);
        String third = rotated(second);
        rotate(lost).then().statusCode(401).body("code", equalTo("token-reused"));
        rotate(third).then().statusCode(401).body("code", equalTo("token-invalid"));
    }

    @Test
    void areIssuedExchangedAndListed() {
        String user = user();
        Response first = issue(user, ",'claims':{'scope':'read'},'idle':'1h','absolute':'2h'");
        first.then().statusCode(201).contentType("application/json").header("Cache-Control", "no-store")
                .body("$", aMapWithSize(3)).body("refreshToken", matchesPattern("r1\\.0\\.[\\w-]{20}\\.[\\w-]{84}"))
                .body("family", matchesPattern("[\\w-]{20}")).body("expiresAt", matchesPattern(INSTANT));
        String family = first.path("family");
        String token = first.path("refreshToken");

        Response second = rotate(token);
        second.then().statusCode(200).contentType("application/json").header("Cache-Control", "no-store")
                .body("$", aMapWithSize(6)).body("refreshToken", not(equalTo(token))).body("family", equalTo(family))
                .body("userId", equalTo(user)).body("claims", equalTo(java.util.Map.of("scope", "read")))
                .body("generation", equalTo(2)).body("expiresAt", matchesPattern(INSTANT));
        rotate(second.path("refreshToken")).then().statusCode(200).body("generation", equalTo(3))
                .body("family", equalTo(family));

        Response listed = list(user);
        listed.then().statusCode(200).header("Cache-Control", "no-store").body("items.size()", equalTo(1))
                .body("nextCursor", nullValue()).body("items[0]", aMapWithSize(8))
                .body("items[0].family", equalTo(family)).body("items[0].userId", equalTo(user))
                .body("items[0].claims.scope", equalTo("read")).body("items[0].generation", equalTo(3));
        Instant created = instant(listed, "items[0].createdAt");
        Instant rotated = instant(listed, "items[0].rotatedAt");
        assertEquals(created.plus(Duration.ofHours(1)), instant(first, "expiresAt"));
        assertEquals(created.plus(Duration.ofHours(2)), instant(listed, "items[0].absoluteExpiresAt"));
        assertEquals(rotated.plus(Duration.ofHours(1)), instant(listed, "items[0].expiresAt"));
        assertTrue(!rotated.isBefore(created));
        assertTrue(!listed.asString().contains("r1."), "a list shows no token");
    }

    @Test
    void claimsComeBackAsTheyWereSent() {
        String user = user();
        String token = as(ADMIN, json("{'userId':'" + user + "','claims':") + CLAIMS + "}").post("/v1/tokens").then()
                .statusCode(201).extract().path("refreshToken");
        Response again = rotate(token);
        again.then().statusCode(200);
        assertTrue(again.asString().contains(KEPT), again.asString());
        assertTrue(list(user).asString().contains(KEPT));
        rotate(issued(user, "")).then().body("claims", aMapWithSize(0));
    }

    @Test
    void defaultsAreFourteenAndNinetyDays() {
        String user = user();
        issue(user, "").then().statusCode(201);
        Response listed = list(user);
        Instant created = instant(listed, "items[0].createdAt");
        assertEquals(created.plus(Duration.ofDays(14)), instant(listed, "items[0].expiresAt"));
        assertEquals(created.plus(Duration.ofDays(90)), instant(listed, "items[0].absoluteExpiresAt"));
    }

    @Test
    void endNoLaterThanTheAbsoluteEnd() {
        Response issued = issue(user(), ",'idle':'3h','absolute':'1h'");
        Response rotated = rotate(issued.path("refreshToken"));
        assertEquals(instant(issued, "expiresAt"), instant(rotated, "expiresAt"));
    }

    @Test
    void theTokenBeforeGetsTheSameSuccessorWhileTheGraceLasts() {
        String first = issued(user(), ",'grace':'60s'");
        String second = rotated(first);
        rotate(first).then().statusCode(200).body("refreshToken", equalTo(second)).body("generation", equalTo(2));
        String third = rotated(second);
        rotate(second).then().statusCode(200).body("refreshToken", equalTo(third)).body("generation", equalTo(3));
        rejected(rotate(first), "token-reused");
        rejected(rotate(third), "token-invalid");
    }

    @Test
    void aStolenTokenEndsItsFamilyAlone() {
        String user = user();
        String bystander = issued(user, "");
        String first = issued(user, ",'grace':0");
        String third = rotated(rotated(first));
        rejected(rotate(first), "token-reused").body("detail", not(containsString("r1.")));
        rejected(rotate(first), "token-invalid");
        rejected(rotate(third), "token-invalid");
        list(user).then().body("items.size()", equalTo(1));
        rotate(bystander).then().statusCode(200);
    }

    @Test
    void endByThemselves() {
        String user = user();
        String idle = issued(user, ",'idle':'1ms'");
        String absolute = issued(user, ",'absolute':'1ms'");
        await().until(() -> list(user).path("items").equals(List.of()));
        rejected(rotate(idle), "token-invalid");
        rejected(rotate(absolute), "token-invalid");
    }

    @Test
    void areRevokedByAnyTokenOfTheFamily() {
        for (boolean present : new boolean[]{true, false}) {
            String first = issued(user(), "");
            String second = rotated(first);
            revoke(present ? second : first).then().statusCode(204).body(equalTo("")).header("Cache-Control",
                    "no-store");
            rejected(rotate(second), "token-invalid");
            rejected(rotate(first), "token-invalid");
            revoke(second).then().statusCode(204);
        }
        revoke("no token at all").then().statusCode(204);
    }

    @Test
    void areRevokedOneByOneOrTogether() {
        String user = user();
        Response one = issue(user, "");
        Response two = issue(user, "");
        String bystander = issued(user(), "");
        as(ADMIN).delete(USER_TOKENS + "/{family}", user, one.path("family")).then().statusCode(204).body(equalTo(""));
        as(ADMIN).delete(USER_TOKENS + "/{family}", user, one.path("family")).then().statusCode(404)
                .contentType("application/problem+json").body("code", equalTo("family-unknown"));
        as(ADMIN).delete(USER_TOKENS + "/{family}", user(), two.path("family")).then().statusCode(404);
        rejected(rotate(one.path("refreshToken")), "token-invalid");
        list(user).then().body("items.family", contains((String) two.path("family")));
        issued(user, "");
        for (int i = 0; i < 2; i++) {
            as(ADMIN).delete(USER_TOKENS, user).then().statusCode(204).body(equalTo(""));
            list(user).then().statusCode(200).body("items", empty());
        }
        rejected(rotate(two.path("refreshToken")), "token-invalid");
        rotate(bystander).then().statusCode(200);
    }

    @Test
    void areListedTheNewestFirstInPages() {
        String user = user();
        List<Long> issuedAt = new ArrayList<>();
        List<String> families = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            families.add(issue(user, ",'claims':{'n':" + i + "}").path("family"));
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        for (int size : new int[]{3, 3, 1}) {
            Response page = as(ADMIN).get(USER_TOKENS + "?limit=3&cursor=" + cursor, user);
            page.then().statusCode(200).body("items.size()", equalTo(size));
            seen.addAll(page.path("items.family"));
            page.<List<String>>path("items.createdAt").forEach(at -> issuedAt.add(Instant.parse(at).toEpochMilli()));
            cursor = page.path("nextCursor");
        }
        assertEquals(null, cursor, "the last page says so");
        assertEquals(issuedAt.stream().sorted(Collections.reverseOrder()).toList(), issuedAt);
        Collections.sort(families);
        assertEquals(families, seen.stream().sorted().toList());
        list(user()).then().statusCode(200).body("items", empty()).body("$", aMapWithSize(1));
    }

    @Test
    void otherTenantsHaveNoAccess() {
        String user = user();
        Response issued = issue(user, "");
        String body = json("{'refreshToken':'" + issued.path("refreshToken") + "'}");
        rejected(as(OTHER, body).post("/v1/tokens/rotate"), "token-invalid");
        as(OTHER, body).post("/v1/tokens/revoke").then().statusCode(204);
        as(OTHER).get(USER_TOKENS, user).then().statusCode(200).body("items", empty());
        as(OTHER).delete(USER_TOKENS + "/{family}", user, issued.path("family")).then().statusCode(404);
        as(OTHER).delete(USER_TOKENS, user).then().statusCode(204);
        rotate(issued.path("refreshToken")).then().statusCode(200).body("generation", equalTo(2));
    }

    @Test
    void readersListAndDoNothingElse() {
        String user = user();
        Response issued = issue(user, "");
        String body = json("{'refreshToken':'" + issued.path("refreshToken") + "'}");
        as(SESSION_READER).get(USER_TOKENS, user).then().statusCode(200).body("items.size()", equalTo(1));
        as(LIMITER).get(USER_TOKENS, user).then().statusCode(403).body("code", equalTo("forbidden"))
                .body("detail", containsString("sessions:read"));
        for (String key : List.of(SESSION_READER, LIMITER)) {
            for (Response refused : List.of(as(key, json("{'userId':'u'}")).post("/v1/tokens"),
                    as(key, body).post("/v1/tokens/rotate"), as(key, body).post("/v1/tokens/revoke"),
                    as(key).delete(USER_TOKENS, user),
                    as(key).delete(USER_TOKENS + "/{family}", user, issued.path("family")))) {
                refused.then().statusCode(403).body("code", equalTo("forbidden"));
            }
        }
        rotate(issued.path("refreshToken")).then().statusCode(200).body("generation", equalTo(2));
    }

    private static Instant instant(Response response, String path) {
        return Instant.parse(response.<String>path(path));
    }

    private static ValidatableResponse rejected(Response response, String code) {
        return response.then().statusCode(401).contentType("application/problem+json").body("code", equalTo(code))
                .header("WWW-Authenticate", equalTo("Refresh-Token realm=\"millrace\""))
                .header("Cache-Control", "no-store");
    }
}
