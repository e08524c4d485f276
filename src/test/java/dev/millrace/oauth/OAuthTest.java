package dev.millrace.oauth;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.SESSION_READER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.Api.sha256;
import static dev.millrace.token.TokenCalls.issue;
import static dev.millrace.token.TokenCalls.issued;
import static dev.millrace.token.TokenCalls.rotate;
import static dev.millrace.token.TokenCalls.rotated;
import static dev.millrace.token.TokenCalls.user;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.oneOf;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/**
 * Guarantees of introspection and revocation as OAuth libraries call them: each way to present an API key works, and a wrong
 * one never does; an active token is told with its user, an inactive one without a word; introspection changes nothing;
 * revocation never fails for a token that is not valid.
 */
@QuarkusTest
class OAuthTest {

    private static final String INTROSPECT = "/v1/oauth/introspect";
    private static final String REVOKE = "/v1/oauth/revoke";
    private static final String INACTIVE = "{\"active\":false}";
    private static final String SECRET = ADMIN.substring("mr_admin_".length());

    @Test
    void aSessionIsToldWithItsUser() {
        String user = user();
        Response opened = session(user, ",'data':{'n':1.10},'idle':'1h','authTime':'2025-03-01T12:00:00.999+01:00'");
        Response told = introspect(opened.path("token"));
        told.then().statusCode(200).contentType("application/json").header("Cache-Control", "no-store")
                .body("$", aMapWithSize(8)).body("active", equalTo(true)).body("token_type", equalTo("session"))
                .body("sub", equalTo(user)).body("sid", equalTo(opened.path("session.id")))
                .body("auth_time", equalTo(1_740_826_800))
                .body("iat", equalTo(seconds(opened, "session.createdAt")))
                .body("exp", equalTo(seconds(opened, "session.idleExpiresAt")));
        assertTrue(told.asString().contains("\"data\":{\"n\":1.10}"), told.asString());
    }

    @Test
    void aRefreshTokenIsToldWithItsUser() {
        String user = user();
        Response issued = issue(user, ",'claims':{'n':1.10}");
        Response told = introspect(issued.path("refreshToken"));
        told.then().statusCode(200).header("Cache-Control", "no-store").body("$", aMapWithSize(7))
                .body("active", equalTo(true)).body("token_type", equalTo("refresh_token")).body("sub", equalTo(user))
                .body("family", equalTo(issued.path("family"))).body("exp", equalTo(seconds(issued, "expiresAt")));
        assertEquals(14 * 24 * 3600, told.<Integer>path("exp") - told.<Integer>path("iat"), 1);
        assertTrue(told.asString().contains("\"claims\":{\"n\":1.10}"), told.asString());
    }

    @Test
    void theTokenBeforeARotationIsActiveUntilItsGraceEnds() {
        Response opened = session(user(), "");
        String old = opened.path("token");
        Response rotated = as(ADMIN).header("Session-Token", old).post("/v1/sessions/current/rotate");
        int end = introspect(old).then().body("active", equalTo(true)).extract().path("exp");
        assertTrue(end < introspect(rotated.path("token")).<Integer>path("exp"));
        as(ADMIN).formParam("token", old).post(REVOKE).then().statusCode(200);
        assertEquals(INACTIVE, introspect(rotated.path("token")).asString());
    }

    @Test
    void registeredClaimsAreMembersOfTheirOwn() {
        String claims = "{'scope':'read write','client_id':'app','username':'ada','aud':['a','b'],'iss':'https://a.example',"
                + "'nbf':1,'cnf':{'jkt':'x'},'active':false,'sub':'eve','exp':1,'iat':1,'token_type':'x','jti':'x','n':1}";
        String user = user();
        for (String token : List.of(issued(user, ",'claims':" + claims),
                session(user, ",'data':" + claims).<String>path("token"))) {
            introspect(token).then().statusCode(200).body("active", equalTo(true)).body("sub", equalTo(user))
                    .body("scope", equalTo("read write")).body("client_id", equalTo("app"))
                    .body("username", equalTo("ada")).body("aud", contains("a", "b"))
                    .body("iss", equalTo("https://a.example")).body("nbf", equalTo(1)).body("cnf.jkt", equalTo("x"))
                    .body("jti", equalTo("x")).body("n", nullValue())
                    .body("token_type", oneOf("refresh_token", "session"));
        }
        introspect(issued(user, ",'claims':{'scope':['a','b'],'client_id':7,'aud':[1],'username':null,'nbf':'x'}"))
                .then()
                .body("scope", equalTo("a b")).body("client_id", nullValue()).body("aud", nullValue())
                .body("nbf", nullValue()).body("active", equalTo(true));
        for (String later : List.of("99999999999", "99999999999.5", "1e11")) {
            assertEquals(INACTIVE, introspect(issued(user, ",'claims':{'nbf':" + later + "}")).asString());
        }
        introspect(issued(user, ",'claims':{'nbf':1.5e9}")).then().body("active", equalTo(true));
    }

    @Test
    void thereIsNoMetadataWithoutAnIssuer() {
        given().get("/.well-known/oauth-authorization-server").then().statusCode(404)
                .contentType("application/problem+json").body("code", equalTo("not-found"))
                .body("detail", containsString("millrace.oauth.issuer"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "s1.", "r1.", " ", "s1.AAAAAAAAAAAAAAAAAAAA.x", "mr_admin_x", "\u0000", "💧"})
    void whatIsNoTokenIsInactive(String token) {
        assertEquals(INACTIVE, introspect(token).then().statusCode(200).extract().asString());
        as(ADMIN).formParam("token", token).post(REVOKE).then().statusCode(200).body(equalTo(""));
    }

    @Test
    void whatHasEndedIsInactive() {
        String session = session(user(), "").path("token");
        String token = issued(user(), "");
        for (String ended : List.of(session, token)) {
            as(ADMIN).formParam("token", ended).post(REVOKE).then().statusCode(200).body(equalTo(""))
                    .header("Cache-Control", "no-store");
            assertEquals(INACTIVE, introspect(ended).asString());
            as(ADMIN).formParam("token", ended).post(REVOKE).then().statusCode(200);
        }
        as(ADMIN).header("Session-Token", session).get("/v1/sessions/current").then().statusCode(401);
        rotate(token).then().statusCode(401).body("code", equalTo("token-invalid"));
        for (String first : List.of(issued(user(), ",'idle':'1ms'"),
                session(user(), ",'idle':1").<String>path("token"))) {
            await().until(() -> introspect(first).asString().equals(INACTIVE));
        }
    }

    @Test
    void lookingAtAnExchangedTokenIsNoTheft() {
        String first = issued(user(), ",'grace':'60s'");
        String third = rotated(rotated(first));
        for (int i = 0; i < 3; i++) {
            assertEquals(INACTIVE, introspect(first).asString());
            introspect(third).then().body("active", equalTo(true));
        }
        rotate(third).then().statusCode(200).body("generation", equalTo(4));
    }

    @Test
    void lookingAtASessionIsNoUse() {
        String token = session(user(), ",'idle':'1ms','absolute':'1h'").path("token");
        // Were it a use, the session would go on for ever: each look would come within 1 ms now and then.
        await().pollInterval(Duration.ofMillis(1))
                .until(() -> introspect(token).asString().equals(INACTIVE));
        String lasting = session(user(), ",'idle':'100ms','absolute':'1h'").path("token");
        String before = introspect(lasting).asString();
        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            String now = introspect(lasting).asString();
            assertTrue(now.equals(before) || now.equals(INACTIVE), now);
            return now.equals(INACTIVE);
        });
    }

    @Test
    void anyTokenOfAFamilyRevokesIt() {
        String first = issued(user(), "");
        String second = rotated(first);
        as(ADMIN).formParam("token", first).formParam("token_type_hint", "access_token").post(REVOKE).then()
                .statusCode(200);
        assertEquals(INACTIVE, introspect(second).asString());
    }

    @Test
    void theHintChangesNothing() {
        String token = issued(user(), "");
        for (String hint : List.of("refresh_token", "access_token", "session", "nonsense", "")) {
            as(ADMIN).formParam("token", token).formParam("token_type_hint", hint).post(INTROSPECT).then()
                    .body("active", equalTo(true));
        }
    }

    @Test
    void eachWayToPresentAKeyWorks() {
        String token = issued(user(), "");
        for (RequestSpecification client : List.of(as(ADMIN), basic("admin", SECRET), basic("admin", ADMIN),
                basic("%61dmin", "%30" + SECRET.substring(1)), given().header("Authorization",
                        "basic " + Base64.getEncoder()
                                .encodeToString(("admin:" + SECRET).getBytes(StandardCharsets.US_ASCII))),
                given().formParam("client_id", "admin").formParam("client_secret", SECRET),
                given().formParam("client_id", "admin").formParam("client_secret", ADMIN))) {
            client.formParam("token", token).post(INTROSPECT).then().statusCode(200).body("active", equalTo(true));
        }
    }

    @Test
    void aWrongKeyNeverDoes() {
        String token = issued(user(), "");
        for (String path : List.of(INTROSPECT, REVOKE)) {
            for (RequestSpecification client : List.of(given(), as("mr_admin_wrong"), as(SECRET),
                    basic("admin", "wrong"),
                    basic("admin", ""), basic("", SECRET), basic("reader", SECRET), basic("reader", ADMIN),
                    basic("admin", "%zz"), basic("admin", SECRET + "x"), basic("admin", sha256(SECRET)),
                    given().header("Authorization", "Basic"), given().header("Authorization", "Basic ****"),
                    given().header("Authorization", "Basic YWRtaW4="),
                    given().header("Authorization", "Basic " + "YWRt".repeat(500)),
                    given().formParam("client_id", "admin"), given().formParam("client_secret", SECRET),
                    given().formParam("client_id", "admin").formParam("client_secret", "wrong"),
                    given().formParam("client_id", "reader").formParam("client_secret", SECRET),
                    // A header that is wrong is not made good by a form that is right.
                    basic("admin", "wrong").formParam("client_id", "admin").formParam("client_secret", SECRET))) {
                client.formParam("token", token).post(path).then().statusCode(401)
                        .contentType("application/problem+json")
                        .body("code", oneOf("unauthenticated", "invalid-client"))
                        .header("WWW-Authenticate", startsWith("B"));
            }
        }
        introspect(token).then().body("active", equalTo(true));
    }

    @Test
    void eachCallNeedsItsScope() {
        String token = issued(user(), "");
        as(SESSION_READER).formParam("token", token).post(INTROSPECT).then().statusCode(200)
                .body("active", equalTo(true));
        for (Response refused : List.of(as(LIMITER).formParam("token", token).post(INTROSPECT),
                as(LIMITER).formParam("token", token).post(REVOKE),
                as(SESSION_READER).formParam("token", token).post(REVOKE))) {
            refused.then().statusCode(403).contentType("application/problem+json").body("code", equalTo("forbidden"))
                    .body("detail", containsString("sessions"));
        }
        introspect(token).then().body("active", equalTo(true));
    }

    @Test
    void otherTenantsHaveNoAccess() {
        for (String token : List.of(issued(user(), ""), session(user(), "").<String>path("token"))) {
            assertEquals(INACTIVE, as(OTHER).formParam("token", token).post(INTROSPECT).asString());
            as(OTHER).formParam("token", token).post(REVOKE).then().statusCode(200);
            introspect(token).then().body("active", equalTo(true));
        }
    }

    @Test
    void whatIsNoFormIsRefused() {
        for (String path : List.of(INTROSPECT, REVOKE)) {
            as(ADMIN, "{\"token\":\"x\"}").post(path).then().statusCode(415)
                    .contentType("application/problem+json").body("code", equalTo("unsupported-media-type"));
            as(ADMIN).get(path).then().statusCode(405).contentType("application/problem+json")
                    .body("code", equalTo("method-not-allowed")).header("Allow", containsString("POST"));
            for (RequestSpecification without : List.of(as(ADMIN).contentType(ContentType.URLENC),
                    as(ADMIN).formParam("token", ""), as(ADMIN).formParam("Token", "x"))) {
                without.post(path).then().statusCode(400).contentType("application/problem+json")
                        .body("code", equalTo("invalid-request")).body("violations.field", contains("token"));
            }
            as(ADMIN).formParam("token", "x").get(path).then().statusCode(405).body("token", nullValue());
        }
    }

    @Test
    void aTokenInTheQueryIsNotTaken() {
        as(ADMIN).contentType(ContentType.URLENC).queryParam("token", "x").post(INTROSPECT).then().statusCode(400);
    }

    @Test
    void anEndlessTokenIsInactive() {
        for (int length : new int[]{160, 2500, 15_000}) {
            assertEquals(INACTIVE, introspect("r1." + "x".repeat(length)).then().statusCode(200).extract().asString());
        }
        // Those who call have not been authenticated when the body is read.
        introspect("r1." + "x".repeat(1_000_000)).then().statusCode(413);
    }

    @Test
    void aLongFormOfAnUnknownCallerIsRefused() {
        String credentials = "client_id=admin&client_secret=" + SECRET + "&token=";
        for (String path : List.of(INTROSPECT, REVOKE)) {
            given().contentType(ContentType.URLENC).body(credentials + "x".repeat(60_000)).post(path).then()
                    .statusCode(200);
            given().contentType(ContentType.URLENC).body(credentials + "x".repeat(70_000)).post(path).then()
                    .statusCode(413).body("code", equalTo("too-large"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"token=%zz | ''", "token=% | ''", "token=%e | ''", "%zz=1&token=x | ''",
            "% | ''", "token=x&% | ''", "token=%-1 | ''", "a=b&token=x&token=x | token", "token=x&%74oken=y | token",
            "token=x&token_type_hint=&token_type_hint= | token_type_hint",
            "token=x&client_id=a&client_id=b | client_id",
            "token&a=b | token", "=x | token", "& | token"})
    void aBrokenFormIsRefused(String form, String field) {
        for (String path : List.of(INTROSPECT, REVOKE)) {
            as(ADMIN).contentType(ContentType.URLENC).body(form).post(path).then().statusCode(400)
                    .contentType("application/problem+json").body("code", equalTo("invalid-request"))
                    .body("violations.field", contains(field));
            given().contentType(ContentType.URLENC).body(form).post(path).then().statusCode(oneOf(400, 401));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"token=%s", "&&token=%s&", "a=b&a=c&token=%s", "%%74oken=%s", "token=%s&=&b",
            "token=%s&é=é"})
    void anOddFormIsRead(String form) {
        String body = form.formatted(issued(user(), ""));
        as(ADMIN).contentType("application/x-www-form-urlencoded; charset=UTF-8").body(body).post(INTROSPECT).then()
                .statusCode(200).body("active", equalTo(true));
    }

    private static Response introspect(String token) {
        return as(ADMIN).formParam("token", token).post(INTROSPECT);
    }

    private static RequestSpecification basic(String id, String secret) {
        return given().header("Authorization", "Basic " + Base64.getEncoder()
                .encodeToString((id + ':' + secret).getBytes(StandardCharsets.UTF_8)));
    }

    private static Response session(String user, String members) {
        return as(ADMIN, json("{'userId':'" + user + "'" + members + "}")).post("/v1/sessions");
    }

    private static int seconds(Response response, String path) {
        return (int) Instant.parse(response.<String>path(path)).getEpochSecond();
    }
}
