package dev.millrace.session;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.encode;
import static dev.millrace.Api.json;
import static dev.millrace.session.Sessions.CURRENT;
import static dev.millrace.session.Sessions.OF_USER;
import static dev.millrace.session.Sessions.ONE_OF_USER;
import static dev.millrace.session.Sessions.ROTATE;
import static dev.millrace.session.Sessions.SESSIONS;
import static dev.millrace.session.Sessions.create;
import static dev.millrace.session.Sessions.idOf;
import static dev.millrace.session.Sessions.idsOf;
import static dev.millrace.session.Sessions.look;
import static dev.millrace.session.Sessions.open;
import static dev.millrace.session.Sessions.patch;
import static dev.millrace.session.Sessions.user;
import static dev.millrace.session.Sessions.with;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;

/**
 * Guarantees for requests about sessions that are wrong: each is a problem with the right status and code, which names the
 * field; never a stack trace; and nothing is changed by it. Odd users and data that are right work.
 */
@QuarkusTest
class SessionBadInputTest {

    private static final int MOST_BYTES = 65_536;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{} | userId | must be given",
            "{'userId':null} | userId | must be given",
            "{'userId':''} | userId | must not be empty",
            "{'userId':7} | userId | a string",
            "{'userId':['u']} | userId | a string",
            "{'userId':'a\\u0000b'} | userId | NUL",
            "{'userId':'\\ud83d'} | userId | well-formed Unicode",
            "{'userId':'u','idle':0} | idle | between 1 ms and 400 days",
            "{'userId':'u','idle':'0s'} | idle | between 1 ms and 400 days",
            "{'userId':'u','idle':'PT0.0001S'} | idle | between 1 ms and 400 days",
            "{'userId':'u','idle':-1} | idle | must not be negative",
            "{'userId':'u','idle':'PT-1S'} | idle | must not be negative",
            "{'userId':'u','idle':'-1s'} | idle | must be a duration",
            "{'userId':'u','idle':34560000001} | idle | between 1 ms and 400 days",
            "{'userId':'u','idle':'999999999999999d'} | idle | at most 100 years",
            "{'userId':'u','idle':1.5} | idle | must be a duration",
            "{'userId':'u','idle':true} | idle | must be a duration",
            "{'userId':'u','absolute':0} | absolute | between 1 ms and 400 days",
            "{'userId':'u','absolute':'401d'} | absolute | between 1 ms and 400 days",
            "{'userId':'u','absolute':-5} | absolute | must not be negative",
            "{'userId':'u','absolute':{}} | absolute | must be a duration",
            "{'userId':'u','data':[]} | data | must be an object",
            "{'userId':'u','data':'{}'} | data | must be an object",
            "{'userId':'u','data':1} | data | must be an object",
            "{'userId':'u','data':{'a':'\\ud83d'}} | data | well-formed Unicode",
            "{'userId':'u','device':'phone'} | device | must be an object",
            "{'userId':'u','device':{'name':'x'}} | device.name | not a known field",
            "{'userId':'u','device':{'userAgent':1}} | device.userAgent | a string",
            "{'userId':'u','device':{'userAgent':'\\ud83d'}} | device.userAgent | well-formed Unicode",
            "{'userId':'u','device':{'ipAddress':'\\ud83d'}} | device.ipAddress | well-formed Unicode",
            "{'userId':'u','maxPerUser':0} | maxPerUser | between 1 and 10000",
            "{'userId':'u','maxPerUser':-1} | maxPerUser | between 1 and 10000",
            "{'userId':'u','maxPerUser':10001} | maxPerUser | between 1 and 10000",
            "{'userId':'u','maxPerUser':1.5} | maxPerUser | a whole number",
            "{'userId':'u','maxPerUser':'5'} | maxPerUser | a whole number",
            "{'userId':'u','maxPerUser':99999999999} | maxPerUser | out of range",
            "{'userId':'u','onLimit':'evict'} | onLimit | must be one of reject, evict-oldest",
            "{'userId':'u','onLimit':'REJECT'} | onLimit | must be one of reject, evict-oldest",
            "{'userId':'u','onLimit':0} | onLimit | must be one of reject, evict-oldest",
            "{'userId':'u','onLimit':true} | onLimit | must be one of reject, evict-oldest",
            "{'userId':'u','onLimit':['reject']} | onLimit | must be one of reject, evict-oldest",
            "{'userId':'u','authTime':1} | authTime | a string",
            "{'userId':'u','authTime':'yesterday'} | authTime | a point in time",
            "{'userId':'u','authTime':'2026-01-01'} | authTime | a point in time",
            "{'userId':'u','authTime':'2999-01-01T00:00:00Z'} | authTime | must not be in the future",
            "{'userId':'u','authTime':'1969-12-31T23:59:59Z'} | authTime | must not be in the future or before 1970",
            "{'userId':'u','token':'s1.x.y'} | token | not a known field",
            "[] | `` | must be an object",
            "'u' | `` | must be an object",
            "null | `` | must be a session",
            "`` | `` | must be a session"})
    void wrongSessionsAreRefused(String body, String field, String message) {
        problem(as(ADMIN, json(body)).post(SESSIONS), 400, "invalid-request").body("violations.field", contains(field))
                .body("violations[0].message", containsString(message));
        assertEquals(List.of(), idsOf("u"));
    }

    @Test
    void allThatIsWrongIsSaid() {
        problem(create("", "'idle':0", "'absolute':0", "'maxPerUser':0", "'device':{'userAgent':'" + "x".repeat(2049)
                + "','ipAddress':'" + "x".repeat(65) + "'}"), 400, "invalid-request").body("violations.field",
                        contains("userId", "idle", "absolute", "maxPerUser", "device.userAgent", "device.ipAddress"));
        create(user(), "'device':{'userAgent':'" + "é".repeat(2048) + "','ipAddress':'" + "x".repeat(64) + "'}").then()
                .statusCode(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{'data':", "{'data':{}", "{'data':{'a':1,'a':2}}", "{'data':{'a':{'b':1,'b':1}}}",
            "{'data':{},'data':{}}", "{'data':{'a':NaN}}", "{'data':{'a':01}}", "{'data':{'a':1,}}", "{'data':{a:1}}",
            "{'data':{'a':'\u0001'}}", "{'data':{}}}", "{'data':{'a':'\\x'}}", "{'data':{}} x",
            "{'data':{'\\udca7':1}}"})
    void brokenJsonIsRefused(String body) {
        String token = open(user());
        problem(as(ADMIN, json(body)).post(SESSIONS), 400, "malformed-json");
        problem(as(ADMIN, json(body)).header("Session-Token", token).patch(CURRENT), 400, "malformed-json");
        untouched(token);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{} | data | must be an object",
            "{'data':null} | data | must be an object",
            "{'data':[1]} | data | must be an object",
            "{'data':'x'} | data | must be an object",
            "{'data':{},'idle':'1h'} | idle | not a known field",
            "{'theme':'dark','data':{}} | theme | not a known field",
            "null | data | must be an object",
            "`` | data | must be an object"})
    void wrongPatchesAreRefused(String body, String field, String message) {
        String token = open(user());
        problem(as(ADMIN, json(body)).header("Session-Token", token).patch(CURRENT), 400, "invalid-request")
                .body("violations.field", contains(field)).body("violations[0].message", containsString(message));
        untouched(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'reauthenticated':'true'}", "{'reauthenticated':1}", "{'reauthenticated':{}}",
            "{'really':true}", "[]"})
    void wrongRotationsAreRefused(String body) {
        String token = open(user());
        problem(as(ADMIN, json(body)).header("Session-Token", token).post(ROTATE), 400, "invalid-request");
        untouched(token);
    }

    @Test
    void whatIsNoTokenOfALiveSessionIsInvalid() {
        String token = open(user());
        String foreign = open(user());
        int secretAt = token.lastIndexOf('.') + 1;
        char last = token.charAt(token.length() - 1);
        List<String> tokens = List.of("", "x", "s1", "s1.", "s1..", "null", "Bearer " + token, token + "A",
                token.substring(0, token.length() - 1), token.substring(1), token.toUpperCase(Locale.ROOT),
                token.substring(0, token.length() - 1) + (last == 'A' ? 'B' : 'A'),
                token.substring(0, token.length() - 1) + '=', token.substring(0, token.length() - 1) + '!',
                "s2" + token.substring(2), token.replace('.', ':'), "s1.!" + token.substring(4),
                foreign.substring(0, secretAt) + token.substring(secretAt),
                token.substring(0, secretAt) + foreign.substring(secretAt),
                "s1." + "A".repeat(20) + '.' + "A".repeat(64), idOf(token), "x".repeat(10_000), token + ", " + token,
                token + token);
        for (String wrong : tokens) {
            for (Response answer : List.of(Sessions.use(wrong), look(wrong), patch(wrong, "{}"),
                    with(wrong).post(ROTATE), with(wrong).delete(CURRENT))) {
                problem(answer, 401, "session-invalid");
            }
        }
        for (Response answer : List.of(as(ADMIN).get(CURRENT), as(ADMIN, "{\"data\":{}}").patch(CURRENT),
                as(ADMIN).post(ROTATE), as(ADMIN).delete(CURRENT))) {
            problem(answer, 401, "session-invalid").body("detail", containsString("Session-Token"));
        }
        untouched(token);
        untouched(foreign);
    }

    @Test
    void dataMayHaveSoManyBytesAndNoMore() {
        String atMost = "{'a':'" + "x".repeat(MOST_BYTES - 8) + "'}";
        String token = open(user(), "'data':" + atMost);
        open(user(), "'data':" + atMost.replace("{", " {\n ").replace("xx", "é"));
        for (String over : List.of(atMost.replaceFirst("x", "xx"), atMost.replaceFirst("x", "é"))) {
            problem(create(user(), "'data':" + over), 413, "too-large").body("detail", containsString("data"));
            problem(patch(token, over), 413, "too-large");
        }
        untouched(token);
    }

    @Test
    void noPatchMakesDataLarger() {
        String token = open(user());
        patch(token, "{'a':'" + "x".repeat(MOST_BYTES - 16) + "'}").then().statusCode(200);
        problem(patch(token, "{'b':'yy'}"), 413, "too-large").body("detail", containsString("data"));
        look(token).then().body("version", equalTo(2)).body("data.b", nullValue());
        patch(token, "{'b':'y'}").then().statusCode(200);
        problem(patch(token, "{'b':'yy'}"), 413, "too-large");
        patch(token, "{'a':null,'b':'yy'}").then().statusCode(200).body("data", equalTo(Map.of("b", "yy")));
    }

    @Test
    void dataMayBeSoDeepAndNoDeeper() {
        String deep = "{'a':".repeat(31) + "{}" + "}".repeat(31);
        String token = open(user(), "'data':" + deep);
        patch(token, deep).then().statusCode(200);
        for (String deeper : List.of("{'a':" + deep + '}', deep.replace("{}", "[[]]"),
                deep.replace("{}", "{'b':[]}"))) {
            problem(create(user(), "'data':" + deeper), 400, "invalid-request").body("violations.field",
                    contains("data"));
            problem(patch(token, deeper), 400, "invalid-request");
        }
        problem(create(user(), "'data':{'a':" + "[".repeat(5000) + "]".repeat(5000) + "}"), 400, "invalid-request");
        look(token).then().body("version", equalTo(2));
    }

    @Test
    void anotherMediaTypeIsRefused() {
        String token = open(user());
        for (String type : List.of("text/plain", "application/xml", "application/json-patch+json")) {
            problem(as(ADMIN).contentType(type).body("{}").post(SESSIONS), 415, "unsupported-media-type");
            problem(with(token).contentType(type).body("{\"data\":{}}").patch(CURRENT), 415, "unsupported-media-type");
            problem(with(token).contentType(type).body("{}").post(ROTATE), 415, "unsupported-media-type");
        }
        untouched(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"1", "'1'", "\"1\" \"2\"", "w/\"1\"", "*, \"1\"", "**", "\"1\"; x", ","})
    void whatIsNoEntityTagIsRefused(String tags) {
        String token = open(user());
        problem(as(ADMIN, "{\"data\":{}}").header("Session-Token", token).header("If-Match", tags).patch(CURRENT), 400,
                "invalid-request").body("violations.field", contains("If-Match"));
        untouched(token);
    }

    @ParameterizedTest
    @CsvSource({"limit,0", "limit,501", "limit,-1", "limit,x", "limit,1.5", "limit,99999999999", "cursor,!",
            "cursor,a b", "cursor,a"})
    void wrongPagesAreRefused(String parameter, String value) {
        problem(as(ADMIN).queryParam(parameter, value).get(OF_USER, user()), 400, "invalid-request")
                .body("violations.field", contains(parameter));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "yes", "TRUE", "false "})
    void touchIsTrueOrFalse(String touch) {
        String token = open(user());
        problem(with(token).queryParam("touch", touch).get(CURRENT), 400, "invalid-request")
                .body("violations.field", contains("touch"));
    }

    @Test
    void oddUsersWorkAndStayApart() {
        for (String user : List.of("💧", "é", "e\u0301", "a/b", "a%2Fb", "{}", ":", " ", "x".repeat(512),
                "é".repeat(256), "💧".repeat(128))) {
            String token = open(user);
            String id = look(token).then().body("userId", equalTo(user)).extract().path("id");
            as(ADMIN).urlEncodingEnabled(false).get("/v1/users/" + encode(user) + "/sessions").then().statusCode(200)
                    .body("items.id", contains(id)).body("items.userId", contains(user));
            as(ADMIN).urlEncodingEnabled(false).delete("/v1/users/" + encode(user) + "/sessions/" + id).then()
                    .statusCode(204);
        }
    }

    @Test
    void usersAndIdsThatCannotBeAreRefused() {
        for (String user : List.of(".", "..", "x".repeat(513), "é".repeat(257), "💧".repeat(129),
                "x".repeat(100_000))) {
            problem(create(user), 400, "invalid-request").body("violations.field", contains("userId"));
        }
        for (String user : List.of("%00", "a%00b", "x".repeat(513), encode("é".repeat(257)))) {
            String path = "/v1/users/" + user + "/sessions";
            for (Response answer : List.of(raw().get(path), raw().delete(path), raw().delete(path + "/x"))) {
                problem(answer, 400, "invalid-request").body("violations.field", contains("userId"));
            }
        }
        String user = user();
        String token = open(user);
        for (String id : List.of("x", "user", "%00", idOf(token) + "x", idOf(token) + "%3Ad", idOf(open(user())))) {
            problem(raw().delete("/v1/users/" + user + "/sessions/" + id), 404, "session-unknown");
        }
        problem(as(ADMIN).delete(ONE_OF_USER, user, token), 404, "session-unknown");
        untouched(token);
    }

    private static RequestSpecification raw() {
        return as(ADMIN).urlEncodingEnabled(false);
    }

    private static void untouched(String token) {
        look(token).then().statusCode(200).body("version", equalTo(1));
    }

    private static ValidatableResponse problem(Response response, int status, String code) {
        return response.then().statusCode(status).contentType("application/problem+json")
                .body("status", equalTo(status)).body("code", equalTo(code))
                .body("type", equalTo("urn:millrace:problem:" + code)).body("stackTrace", nullValue());
    }
}
