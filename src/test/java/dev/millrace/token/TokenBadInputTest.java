package dev.millrace.token;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.encode;
import static dev.millrace.Api.json;
import static dev.millrace.token.TokenCalls.issue;
import static dev.millrace.token.TokenCalls.list;
import static dev.millrace.token.TokenCalls.revoke;
import static dev.millrace.token.TokenCalls.rotate;
import static dev.millrace.token.TokenCalls.user;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;

/**
 * Guarantees for wrong requests about refresh tokens: each is a problem with the right status and code, which names the field
 * and never the token; and nothing is changed by it. Odd user ids that are right work, and stay apart.
 */
@QuarkusTest
class TokenBadInputTest {

    private static final String ROTATE = "/v1/tokens/rotate";
    private static final String REVOKE = "/v1/tokens/revoke";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{} | userId | must be given",
            "{'userId':null} | userId | must be given",
            "{'userId':''} | userId | must not be empty",
            "{'userId':5} | userId | must be a string",
            "{'userId':['u']} | userId | must be a string",
            "{'userId':'a\\u0000b'} | userId | must not contain NUL",
            "{'userId':'\\ud800'} | userId | must be well-formed Unicode",
            "{'userId':'u','claims':[]} | claims | must be an object",
            "{'userId':'u','claims':'x'} | claims | must be an object",
            "{'userId':'u','claims':{'a':'\\udc00'}} | claims | must be well-formed Unicode",
            "{'userId':'u','idle':0} | idle | between 1 ms and 400 days",
            "{'userId':'u','idle':'401d'} | idle | between 1 ms and 400 days",
            "{'userId':'u','idle':-1} | idle | must not be negative",
            "{'userId':'u','idle':'soon'} | idle | must be a duration",
            "{'userId':'u','idle':1.5} | idle | must be a duration",
            "{'userId':'u','absolute':'PT0S'} | absolute | between 1 ms and 400 days",
            "{'userId':'u','absolute':'401d'} | absolute | between 1 ms and 400 days",
            "{'userId':'u','absolute':true} | absolute | must be a duration",
            "{'userId':'u','grace':600001} | grace | at most 10 min",
            "{'userId':'u','lostAnswer':'maybe'} | lostAnswer | allow",
            "{'userId':'u','grace':'-1s'} | grace | must be a duration",
            "{'userId':'u','data':{}} | data | not a known field",
            "[] | `` | must be an object",
            "'u' | `` | must be an object",
            "null | `` | must be a family",
            "`` | `` | must be a family"})
    void wrongFamiliesAreRefused(String body, String field, String message) {
        problem(as(ADMIN, json(body)).post("/v1/tokens"), 400, "invalid-request")
                .body("violations.field", contains(field)).body("violations[0].message", containsString(message));
    }

    @Test
    void allThatIsWrongIsTold() {
        problem(as(ADMIN, json("{'idle':0,'absolute':'401d','grace':'601s'}")).post("/v1/tokens"), 400,
                "invalid-request").body("violations.field", contains("userId", "idle", "absolute", "grace"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{'userId':'u'", "{'userId':'u',}", "{'userId':'u','userId':'v'}",
            "{'userId':'u','claims':{'a':1,'a':2}}", "{'userId':'u','claims':{'a':01}}",
            "{'userId':'u','claims':{'a':NaN}}", "{'userId':'u','claims':{'\\udc00':1}}", "{'userId':'u'} x", "\u0000",
            "userId=u"})
    void brokenJsonIsRefused(String body) {
        problem(as(ADMIN, json(body)).post("/v1/tokens"), 400, "malformed-json");
    }

    @Test
    void claimsHaveTheirBounds() {
        String user = user();
        String most = "{'a':'" + "x".repeat(64 * 1024 - 8) + "'}";
        issue(user, ",'claims':" + most).then().statusCode(201);
        problem(issue(user, ",'claims':" + most.replace("'}", "x'}")), 413, "too-large")
                .body("detail", containsString("claims"));
        problem(issue(user, ",'claims':{'a':'" + "é".repeat(32 * 1024) + "'}"), 413, "too-large");
        issue(user, ",'claims':" + nested(32)).then().statusCode(201);
        problem(issue(user, ",'claims':" + nested(33)), 400, "invalid-request")
                .body("violations.field", contains("claims"))
                .body("violations[0].message", containsString("32 levels"));
        list(user).then().body("items.size()", equalTo(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'refreshToken':null}", "{'refreshToken':5}", "{'refreshToken':{}}", "null", "",
            "{'token':'x'}", "[]"})
    void aTokenMustBeGiven(String body) {
        for (String path : List.of(ROTATE, REVOKE)) {
            problem(as(ADMIN, json(body)).post(path), 400, "invalid-request");
        }
        problem(as(ADMIN).post(ROTATE), 400, "invalid-request").body("violations.field", contains("refreshToken"));
    }

    @Test
    void whatIsNoTokenIsNotValidAndNotRepeated() {
        String user = user();
        String token = issue(user, "").path("refreshToken");
        String last = token.substring(token.length() - 1);
        for (String wrong : List.of("", " ", "x", "r1", "r1.", "r1....", token + " ", " " + token, token + "A",
                token.substring(0, token.length() - 1), token.toUpperCase(Locale.ROOT), token.replace("r1.", "s1."),
                token.replace("r1.0.", "r1.1."), token.replace("r1.0.", "r1.."), token.replace('.', ','),
                token.substring(0, token.length() - 1) + (last.equals("A") ? "B" : "A"), "💧".repeat(30),
                "r1." + "x".repeat(10_000), "\\u0000", token + "\\u0000")) {
            problem(rotate(wrong), 401, "token-invalid").header("WWW-Authenticate", startsWith("Refresh-Token"))
                    .body("detail", not(containsString("r1.")));
            revoke(wrong).then().statusCode(204);
        }
        rotate(token).then().statusCode(200).body("generation", equalTo(2));
    }

    @Test
    void whatIsNoFamilyIsUnknown() {
        String user = user();
        Response issued = issue(user, "");
        String family = issued.path("family");
        for (String wrong : List.of("user", "user:d", family + ":d", family + "x", family.substring(1), "%00", "é",
                "x".repeat(600), encode(issued.path("refreshToken")), "A".repeat(20))) {
            problem(as(ADMIN).urlEncodingEnabled(false).delete("/v1/users/" + user + "/tokens/" + wrong), 404,
                    "family-unknown");
        }
        list(user).then().body("items.family", contains(family));
    }

    @ParameterizedTest
    @CsvSource({"limit=0, limit", "limit=501, limit", "limit=-1, limit", "limit=x, limit", "limit=1.5, limit",
            "limit=99999999999, limit", "cursor=%21, cursor", "cursor=a, cursor"})
    void wrongPagesAreRefused(String query, String field) {
        problem(as(ADMIN).urlEncodingEnabled(false).get("/v1/users/u/tokens?" + query), 400, "invalid-request")
                .body("violations.field", contains(field));
    }

    @Test
    void aForeignCursorIsRefused() {
        String user = user();
        issue(user, "").then().statusCode(201);
        for (String cursor : List.of("AAAA", "_-_-", "MA", "OTk5OTk5OTk5OTk5OQ", "AP_-")) {
            as(ADMIN).get("/v1/users/{user}/tokens?cursor=" + cursor, user).then().statusCode(400)
                    .body("violations.field", contains("cursor"));
        }
    }

    @Test
    void oddUserIdsWorkAndStayApart() {
        String own = UUID.randomUUID().toString();
        List<String> ids = List.of("{", "}", "{}", ":", "a:b", "a%3Ab", "%", "%25", "a/b", "a%2Fb", "a", "a b", "a+b",
                "A", "a ", "..", "💧", "é", "e\u0301", "?", "#", "&=;,@", "x".repeat(476), "é".repeat(238), "\u007f");
        for (String id : ids) {
            issue(id + own, ",'claims':{'n':" + ids.indexOf(id) + "}").then().statusCode(201);
        }
        for (String id : ids) {
            as(ADMIN).urlEncodingEnabled(false).get("/v1/users/" + encode(id + own) + "/tokens").then().statusCode(200)
                    .body("items.userId", contains(id + own)).body("items.claims.n", contains(ids.indexOf(id)));
        }
    }

    @Test
    void userIdsThatCannotBeAreRefused() {
        for (String id : List.of("%00", "a%00b", "x".repeat(513), encode("é".repeat(257)))) {
            String path = "/v1/users/" + id + "/tokens";
            for (Response refused : List.of(as(ADMIN).urlEncodingEnabled(false).get(path),
                    as(ADMIN).urlEncodingEnabled(false).delete(path),
                    as(ADMIN).urlEncodingEnabled(false).delete(path + "/" + "A".repeat(20)))) {
                problem(refused, 400, "invalid-request").body("violations.field", contains("userId"));
            }
        }
        for (String dots : List.of(".", "..")) {
            problem(issue(dots, ""), 400, "invalid-request").body("violations.field", contains("userId"));
        }
        problem(issue("x".repeat(513), ""), 400, "invalid-request").body("violations.field", contains("userId"));
        problem(issue("é".repeat(257), ""), 400, "invalid-request").body("violations.field", contains("userId"));
        issue("x".repeat(512), "").then().statusCode(201);
    }

    @Test
    void withoutAValidKeyNothingIsAllowed() {
        for (String path : List.of("/v1/tokens", ROTATE, REVOKE)) {
            assertEquals(path, problem(given().contentType(ContentType.JSON).body("{}").post(path), 401,
                    "unauthenticated").header("WWW-Authenticate", startsWith("Bearer")).extract().path("instance"));
        }
        problem(given().get("/v1/users/u/tokens"), 401, "unauthenticated");
        problem(given().header("Authorization", "Bearer mr_admin_wrong").delete("/v1/users/u/tokens"), 401,
                "unauthenticated");
    }

    @Test
    void otherMethodsAndMediaTypesAreRefused() {
        for (String path : List.of("/v1/tokens", ROTATE, REVOKE)) {
            problem(as(ADMIN).get(path), 405, "method-not-allowed").header("Allow", containsString("POST"));
            problem(as(ADMIN).contentType(ContentType.URLENC).body("refreshToken=x").post(path), 415,
                    "unsupported-media-type");
        }
        problem(as(ADMIN).post("/v1/users/u/tokens"), 405, "method-not-allowed");
        problem(as(ADMIN).get("/v1/users/u/tokens/AAAAAAAAAAAAAAAAAAAA"), 405, "method-not-allowed");
    }

    private static String nested(int levels) {
        return "{'a':".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
    }

    private static ValidatableResponse problem(Response response, int status, String code) {
        return response.then().statusCode(status).contentType("application/problem+json")
                .body("status", equalTo(status)).body("code", equalTo(code))
                .body("type", equalTo("urn:millrace:problem:" + code)).body("title.length() > 0", equalTo(true))
                .body("stackTrace", nullValue());
    }
}
