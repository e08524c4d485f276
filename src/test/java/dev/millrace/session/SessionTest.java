package dev.millrace.session;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.SESSION_READER;
import static dev.millrace.Api.as;
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
import static dev.millrace.session.Sessions.use;
import static dev.millrace.session.Sessions.user;
import static dev.millrace.session.Sessions.with;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;

/**
 * Guarantees of a session's life: opened, used, patched, its token exchanged, ended; when it ends by itself; exact fields and
 * header fields; and who may do what with it.
 */
@QuarkusTest
class SessionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void isOpenedWithDefaults() {
        String user = user();
        Response opened = create(user);
        opened.then().statusCode(201).contentType("application/json").header("ETag", "\"1\"")
                .header("Cache-Control", "no-store").body("$", aMapWithSize(2))
                .body("token", matchesPattern("s1\\.[A-Za-z0-9_-]{20}\\.[A-Za-z0-9_-]{64}"))
                .body("session", aMapWithSize(10)).body("session.id", matchesPattern("[A-Za-z0-9_-]{20}"))
                .body("session.userId", equalTo(user)).body("session.data", aMapWithSize(0))
                .body("session.device", aMapWithSize(0)).body("session.version", equalTo(1));
        JsonPath session = opened.jsonPath().setRootPath("session");
        String created = session.getString("createdAt");
        assertTrue(created.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"), created);
        assertEquals(List.of(created, created),
                List.of(session.getString("lastSeenAt"), session.getString("authTime")));
        assertEquals(Instant.parse(created).plusSeconds(1800), instant(session, "idleExpiresAt"));
        assertEquals(Instant.parse(created).plusSeconds(43_200), instant(session, "absoluteExpiresAt"));
        Response seen = look(opened.path("token"));
        seen.then().statusCode(200).contentType("application/json").header("ETag", "\"1\"")
                .header("Cache-Control", "no-store");
        assertEquals(opened.<Object>path("session"), seen.path("$"));
    }

    @Test
    void isOpenedAsAskedFor() {
        String data = "{'n':1.10,'big':12345678901234567890,'none':[],'nothing':null,'text':'é💧'}";
        Response opened = create(user(), "'data':" + data, "'idle':'PT2H'", "'absolute':3600000",
                "'device':{'userAgent':'Firefox','ipAddress':'::1'}", "'authTime':'2026-01-02T03:04:05+01:00'");
        opened.then().statusCode(201).body("session.device.userAgent", equalTo("Firefox"))
                .body("session.device.ipAddress", equalTo("::1"))
                .body("session.authTime", equalTo("2026-01-02T02:04:05.000Z"));
        JsonPath session = opened.jsonPath().setRootPath("session");
        assertEquals(instant(session, "createdAt").plusSeconds(3600), instant(session, "absoluteExpiresAt"));
        assertEquals(instant(session, "absoluteExpiresAt"), instant(session, "idleExpiresAt"), "the earlier one");
        assertTrue(opened.asString().contains(json("'data':" + data)), "number for number");
        assertTrue(look(opened.path("token")).asString().contains(json("'data':" + data)), "number for number");
        create(user(), "'device':{'ipAddress':'::1'}").then().body("session.device", aMapWithSize(1));
    }

    @Test
    void aUseIsNotedAndALookIsNot() {
        String seen = open(user(), "'idle':'20s'");
        String used = open(user(), "'idle':'20s'");
        String first = look(used).path("lastSeenAt");
        await().atMost(PATIENCE).until(() -> !use(used).path("lastSeenAt").equals(first));
        JsonPath session = look(used).jsonPath();
        assertEquals(instant(session, "lastSeenAt").plusSeconds(20), instant(session, "idleExpiresAt"));
        assertEquals(1, session.getInt("version"));
        // Opened earlier than the one whose use has been noted, so that it is time to note one of this, too.
        as(SESSION_READER).header("Session-Token", seen).get(CURRENT).then().statusCode(200);
        assertEquals(look(seen).<String>path("createdAt"), look(seen).path("lastSeenAt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'idle':'700ms','absolute':'1h'", "'idle':'1h','absolute':'700ms'"})
    void endsByItself(String times) {
        String user = user();
        Response opened = create(user, times);
        String token = opened.path("token");
        await().atMost(PATIENCE).until(() -> look(token).statusCode() == 401);
        Instant end = Instant.parse(opened.path("session.idleExpiresAt"));
        assertFalse(Instant.now().isBefore(end), "not before its time");
        requireDead(token);
        as(ADMIN).delete(ONE_OF_USER, user, opened.path("session.id")).then().statusCode(404)
                .body("code", equalTo("session-unknown"));
        assertEquals(List.of(), idsOf(user));
    }

    @Test
    void aPatchChangesMembersAndTheVersion() {
        String token = open(user(), "'data':{'a':1,'b':{'c':1.10,'d':null},'e':[]}");
        Response patched = patch(token, "{'a':null,'b':{'x':[null]},'f':{'g':null}}");
        patched.then().statusCode(200).contentType("application/json").header("ETag", "\"2\"")
                .header("Cache-Control", "no-store").body("version", equalTo(2));
        String data = json("'data':{'b':{'c':1.10,'d':null,'x':[null]},'e':[],'f':{}}");
        assertTrue(patched.asString().contains(data), patched.asString());
        assertEquals(patched.<Object>path("$"), look(token).path("$"));
        with(token).contentType("application/json").body("{\"data\":{}}").patch(CURRENT).then().statusCode(200)
                .header("ETag", "\"3\"").body("version", equalTo(3))
                .body("data.b.x", equalTo(Arrays.asList((Object) null)));
    }

    @Test
    void aPatchFromAnOlderVersionIsRefused() {
        String token = open(user());
        patchIf(token, "\"1\"").then().statusCode(200).header("ETag", "\"2\"");
        for (String stale : List.of("\"1\"", "\"3\"", "\"12\"", "\"21\"", "\"02\"", "\"x\"", "\"\"", "W/\"2\"",
                "W/\"2\", \"1\"")) {
            patchIf(token, stale).then().statusCode(412).contentType("application/problem+json")
                    .body("code", equalTo("precondition-failed")).body("detail", equalTo("The session's version is 2"));
        }
        patchIf(token, "\"1\", \"2\"").then().statusCode(200).header("ETag", "\"3\"");
        patchIf(token, "*").then().statusCode(200).header("ETag", "\"4\"");
    }

    @Test
    void aRotationExchangesTheTokenAlone() {
        String user = user();
        Response opened = create(user, "'data':{'a':1}", "'idle':'1h'", "'device':{'userAgent':'x'}");
        String old = opened.path("token");
        Response rotated = with(old).contentType("application/json").body("{\"grace\":\"0\"}").post(ROTATE);
        rotated.then().statusCode(200).contentType("application/json").header("ETag", "\"1\"")
                .header("Cache-Control", "no-store").body("$", aMapWithSize(2));
        assertEquals(opened.<Object>path("session"), rotated.path("session"));
        String token = rotated.path("token");
        assertNotEquals(old, token);
        requireRefused(old, "session-rotated");
        assertEquals(opened.<Object>path("session"), look(token).path("$"));
        assertEquals(List.of(opened.<String>path("session.id")), idsOf(user));
    }

    @Test
    void withinTheGraceTheTokenBeforeReadsAndRotatesAndLogsOut() {
        String user = user();
        String old = open(user);
        String token = with(old).post(ROTATE).then().statusCode(200).extract().path("token");
        use(old).then().statusCode(200).body("id", equalTo(idOf(token)));
        look(old).then().statusCode(200);
        patch(old, "{}").then().statusCode(401).body("code", equalTo("session-rotated"))
                .header("WWW-Authenticate", startsWith("Session-Token"));
        assertEquals(token, with(old).post(ROTATE).then().statusCode(200).extract().path("token"));
        with(old).contentType("application/json").body("{\"grace\":\"0s\"}").post(ROTATE).then().statusCode(401)
                .body("code", equalTo("session-rotated"));
        patch(token, "{'a':1}").then().statusCode(200);
        with(old).delete(CURRENT).then().statusCode(204);
        requireDead(old);
        requireDead(token);
    }

    @Test
    void afterTheGraceTheTokenBeforeIsToldApart() {
        String user = user();
        String old = open(user);
        String token = with(old).contentType("application/json").body("{\"grace\":\"1ms\"}").post(ROTATE).path("token");
        await().until(() -> use(old).statusCode() == 401);
        requireRefused(old, "session-rotated");
        use(token).then().statusCode(200);
        as(ADMIN).delete(ONE_OF_USER, user, idOf(token)).then().statusCode(204);
        requireDead(old);
    }

    @Test
    void aGraceOutOfBoundsIsRefused() {
        String token = open(user());
        with(token).contentType("application/json").body("{\"grace\":\"601s\"}").post(ROTATE).then().statusCode(400)
                .body("violations.field", equalTo(List.of("grace")));
        use(token).then().statusCode(200);
    }

    @Test
    void onlyARotationAfterAProofSetsTheTimeOfIt() {
        String told = "2026-01-02T03:04:05.000Z";
        String first = open(user(), "'authTime':'" + told + "'");
        Response plain = with(first).contentType("application/json").body("{\"reauthenticated\":false}").post(ROTATE);
        plain.then().statusCode(200).body("session.authTime", equalTo(told));
        Response proved = with(plain.path("token")).contentType("application/json")
                .body("{\"reauthenticated\":true}").post(ROTATE);
        Instant authTime = Instant.parse(proved.path("session.authTime"));
        assertFalse(authTime.isBefore(Instant.parse(proved.path("session.createdAt"))), authTime.toString());
        with(proved.path("token")).contentType("application/json").body("{}").post(ROTATE).then().statusCode(200)
                .body("session.authTime", equalTo(proved.path("session.authTime")));
    }

    @Test
    void aLogOutEndsItForGood() {
        String user = user();
        String token = open(user);
        String another = open(user);
        with(token).delete(CURRENT).then().statusCode(204).header("Cache-Control", "no-store").body(equalTo(""));
        requireDead(token);
        look(another).then().statusCode(200);
        assertEquals(List.of(idOf(another)), idsOf(user));
    }

    @Test
    void whoMayReadMayNotWrite() {
        String user = user();
        String token = open(user);
        String id = idOf(token);
        as(SESSION_READER).header("Session-Token", token).get(CURRENT).then().statusCode(200).body("id", equalTo(id));
        as(SESSION_READER).get(OF_USER, user).then().statusCode(200).body("items.id", equalTo(List.of(id)));
        for (String key : List.of(SESSION_READER, LIMITER)) {
            List<Response> refused = List.of(as(key, "{\"userId\":\"" + user + "\"}").post(SESSIONS),
                    as(key, "{\"data\":{\"a\":1}}").header("Session-Token", token).patch(CURRENT),
                    as(key).header("Session-Token", token).post(ROTATE),
                    as(key).header("Session-Token", token).delete(CURRENT), as(key).delete(OF_USER, user),
                    as(key).delete(ONE_OF_USER, user, id));
            refused.forEach(r -> r.then().statusCode(403).body("code", equalTo("forbidden")));
        }
        as(LIMITER).header("Session-Token", token).get(CURRENT).then().statusCode(403);
        as(LIMITER).get(OF_USER, user).then().statusCode(403);
        look(token).then().statusCode(200).body("version", equalTo(1));
        assertEquals(List.of(id), idsOf(user));
    }

    @Test
    void anotherTenantSeesAndTouchesNothing() {
        String user = user();
        String token = open(user);
        String id = idOf(token);
        List<Response> unknown = List.of(as(OTHER).header("Session-Token", token).get(CURRENT),
                as(OTHER, "{\"data\":{\"a\":1}}").header("Session-Token", token).patch(CURRENT),
                as(OTHER).header("Session-Token", token).post(ROTATE),
                as(OTHER).header("Session-Token", token).delete(CURRENT));
        unknown.forEach(r -> r.then().statusCode(401).body("code", equalTo("session-invalid")));
        as(OTHER).get(OF_USER, user).then().statusCode(200).body("items", equalTo(List.of()));
        as(OTHER).delete(ONE_OF_USER, user, id).then().statusCode(404);
        as(OTHER).queryParam("except", id).delete(OF_USER, user).then().statusCode(404);
        as(OTHER).delete(OF_USER, user).then().statusCode(204);
        as(OTHER, json("{'userId':'" + user + "','maxPerUser':1,'onLimit':'evict-oldest'}")).post(SESSIONS).then()
                .statusCode(201);
        look(token).then().statusCode(200).body("version", equalTo(1));
        assertEquals(List.of(id), idsOf(user));
    }

    private static void requireDead(String token) {
        requireRefused(token, "session-invalid");
    }

    private static void requireRefused(String token, String code) {
        List<Response> answers = List.of(use(token), look(token), patch(token, "{}"), patchIf(token, "\"1\""),
                with(token).post(ROTATE), with(token).delete(CURRENT));
        answers.forEach(answer -> answer.then().statusCode(401).contentType("application/problem+json")
                .header("WWW-Authenticate", startsWith("Session-Token")).header("Cache-Control", "no-store")
                .body("code", equalTo(code)).body("$", not(hasKey("session"))));
    }

    private static Response patchIf(String token, String tags) {
        return as(ADMIN, "{\"data\":{}}").header("Session-Token", token).header("If-Match", tags).patch(CURRENT);
    }

    private static Instant instant(JsonPath json, String field) {
        return Instant.parse(json.getString(field));
    }
}
