package dev.millrace.ratelimit;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.READER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.encode;
import static dev.millrace.Api.json;
import static dev.millrace.Api.policy;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;

/**
 * Guarantees for requests that are wrong: each is a problem with the right status and code, which names the field; never a
 * stack trace, HTML or an empty body; and nothing is changed by it. Odd identifiers that are right work, and stay apart.
 */
@QuarkusTest
class RateLimitBadInputTest {

    private static final String POLICIES = "/v1/ratelimit/policies/";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{'algorithm':'fixed-window','limit':0,'window':'1m'} | limit | must be between 1 and 1000000000",
            "{'algorithm':'fixed-window','limit':-5,'window':'1m'} | limit | must be between 1 and 1000000000",
            "{'algorithm':'fixed-window','limit':1000000001,'window':'1m'} | limit | must be between 1 and 1000000000",
            "{'algorithm':'sliding-window','limit':10001,'window':'1m'} | limit | between 1 and 10000; above it use",
            "{'algorithm':'fixed-window','limit':99999999999999999999,'window':'1m'} | limit | out of range",
            "{'algorithm':'fixed-window','limit':1.5,'window':'1m'} | limit | whole number",
            "{'algorithm':'fixed-window','limit':'5','window':'1m'} | limit | whole number",
            "{'algorithm':'fixed-window','limit':[5],'window':'1m'} | limit | whole number",
            "{'algorithm':'fixed-window','limit':5,'window':'-1m'} | window | must be a duration",
            "{'algorithm':'fixed-window','limit':5,'window':'PT-1M'} | window | must not be negative",
            "{'algorithm':'fixed-window','limit':5,'window':-60000} | window | must not be negative",
            "{'algorithm':'fixed-window','limit':5,'window':0} | window | between 1 ms and 366 days",
            "{'algorithm':'fixed-window','limit':5,'window':'367d'} | window | between 1 ms and 366 days",
            "{'algorithm':'fixed-window','limit':5,'window':'999999999999999d'} | window | at most 100 years",
            "{'algorithm':'fixed-window','limit':5,'window':'5 parsecs'} | window | must be a duration",
            "{'algorithm':'fixed-window','limit':5,'window':''} | window | must be a duration",
            "{'algorithm':'fixed-window','limit':5,'window':1.5} | window | must be a duration",
            "{'algorithm':'fixed-window','limit':5,'window':true} | window | must be a duration",
            "{'algorithm':'fixed-window','limit':5,'window':{}} | window | must be a duration",
            "{'algorithm':'fixed-window','limit':5} | window | must be given",
            "{'algorithm':'fixed-window','limit':5,'window':null} | window | must be given",
            "{'algorithm':'fixed-window','window':'1m'} | limit | must be given",
            "{'limit':5,'window':'1m'} | algorithm | must be given",
            "{'algorithm':'leaky','limit':5,'window':'1m'} | algorithm | sliding-window, sliding-window-counter, "
                    + "fixed-window, token-bucket, concurrency",
            "{'algorithm':'FIXED_WINDOW','limit':5,'window':'1m'} | algorithm | must be one of",
            "{'algorithm':2,'limit':5,'window':'1m'} | algorithm | must be one of",
            "{'algorithm':'fixed-window','limit':5,'window':'1m','failMode':'ajar'} | failMode | open, closed, local",
            "{'algorithm':'fixed-window','limit':5,'window':'1m','burst':9} | burst | token-bucket only",
            "{'algorithm':'token-bucket','limit':5,'window':'1m','burst':0} | burst | must be between 1 and",
            "{'algorithm':'token-bucket','limit':1,'window':'366d','burst':1000000} | burst | 100 years",
            "{'algorithm':'fixed-window','limit':5,'window':'1m','shadow':'yes'} | shadow | true or false",
            "{'algorithm':'fixed-window','limit':5,'window':'1m','denyPenalty':'367d'} | denyPenalty | 366 days",
            "{'algorithm':'concurrency','limit':5,'denyPenalty':'1s'} | denyPenalty | does not belong",
            "{'algorithm':'fixed-window','limit':5,'window':'1m','limt':6} | limt | not a known field",
            "[] | `` | must be an object",
            "'text' | `` | must be an object",
            "7 | `` | must be an object",
            "{'algorithm':'fixed-window','limit':5,'window':'1m'} x | `` | ",
            "null | `` | must be a policy",
            "`` | `` | must be a policy"})
    void wrongPoliciesAreRefused(String body, String field, String message) {
        String name = policy("fixed-window", 3);
        Response response = as(ADMIN, json(body)).put(POLICIES + name);
        if (body.endsWith("x")) {
            problem(response, 400, "malformed-json");
        } else {
            problem(response, 400, "invalid-request").body("violations.field", contains(field))
                    .body("violations[0].message", containsString(message))
                    .body("detail", containsString(message));
        }
        as(ADMIN).get(POLICIES + name).then().body("limit", equalTo(3)).body("windowMs", equalTo(3_600_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{'cost':", "{'cost':1", "{'cost':1,}", "{cost:1}", "{'cost':01}", "{'cost':1}}",
            "{'cost':1,'cost':2}", "\u0000", "{'cost':NaN}", "<cost/>", "{'cost':'\u0001'}"})
    void brokenJsonIsRefused(String body) {
        String policy = policy("fixed-window", 3);
        problem(as(LIMITER, json(body)).post("/v1/ratelimit/" + policy + "/u"), 400, "malformed-json");
        untouched(policy, "u");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1000001", "1000000000000", "99999999999999999999", "1.5", "1.0", "1e3", "'1'",
            "true", "[1]", "{}", "''"})
    void wrongCostsAreRefused(String cost) {
        String policy = policy("fixed-window", 3);
        problem(as(LIMITER, json("{'cost':" + cost + "}")).post("/v1/ratelimit/" + policy + "/u"), 400,
                "invalid-request").body("violations.field", contains("cost"));
        untouched(policy, "u");
    }

    @Test
    void whatIsNullIsAsIfAbsent() {
        String policy = policy("fixed-window", 3);
        for (int left = 2; left >= 0; left--) {
            String body = left == 2 ? "{'cost':null}" : left == 1 ? "{}" : "null";
            as(LIMITER, json(body)).post("/v1/ratelimit/" + policy + "/u").then().statusCode(200)
                    .body("remaining", equalTo(left));
        }
    }

    @Test
    void oddIdentifiersWorkAndStayApart() {
        String policy = policy("fixed-window", 3);
        List<String> identifiers = List.of("{", "}", "{}", ":", "a:b", "a%3Ab", "%", "%25", "a/b", "a%2Fb", "a", "a b",
                "a+b", "a b ", "..a", "a..b", "💧", "é", "e\u0301", "\u202e", "\n", "\t", "?", "#", "&=;,@~-_.!*'()",
                "\"",
                "\\", "authorize ", "x".repeat(512), "é".repeat(256), "\u007f");
        assertEquals(identifiers.size(), new HashSet<>(identifiers).size());
        for (int left = 2; left >= 1; left--) {
            for (String identifier : identifiers) {
                raw(LIMITER).post("/v1/ratelimit/" + policy + "/" + encode(identifier)).then().statusCode(200)
                        .body("remaining", equalTo(left)).body("identifier", equalTo(identifier));
            }
        }
    }

    @Test
    void identifiersThatCannotBeAreRefused() {
        String policy = policy("fixed-window", 3);
        List<String> paths = new ArrayList<>(List.of("a%00b", "%00", "x".repeat(513), "x".repeat(600),
                encode("é".repeat(257)), encode("💧".repeat(129))));
        for (String path : paths) {
            problem(raw(LIMITER).post("/v1/ratelimit/" + policy + "/" + path), 400, "invalid-request")
                    .body("violations.field", contains("identifier"));
            problem(raw(LIMITER).get("/v1/ratelimit/" + policy + "/" + path), 400, "invalid-request");
            problem(raw(LIMITER).delete("/v1/ratelimit/" + policy + "/" + path), 400, "invalid-request");
        }
    }

    @Test
    void aPolicyThatDoesNotExistIsNotFound() {
        for (String name : List.of("nowhere", "a%20b", "%F0%9F%92%A7", "%00", "a:b", "%7B%7D", "x".repeat(65))) {
            problem(raw(LIMITER).post("/v1/ratelimit/" + name + "/u"), 404, "policy-unknown");
            problem(raw(LIMITER).get("/v1/ratelimit/" + name + "/u"), 404, "policy-unknown");
            problem(raw(ADMIN).delete(POLICIES + name), 404, "policy-unknown");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer x", "Bearer mr_", "Bearer mr_admin", "Bearer mr_admin_",
            "Bearer mr_admin_wrong", "Bearer mr_nobody_wrong", "Bearer mr__", "Basic YWRtaW46YWRtaW4=", "mr_admin_x",
            "Bearer  mr_admin_0f5cGk2vQ9xTzR4nLb7w", "Bearer mr_admin_0f5cGk2vQ9xTzR4nLb7w ,x"})
    void withoutAValidKeyNothingIsAllowed(String authorization) {
        String policy = policy("fixed-window", 3);
        String path = "/v1/ratelimit/" + policy + "/u";
        for (Response response : List.of(given().header("Authorization", authorization).post(path),
                given().header("Authorization", authorization).get(path),
                given().header("Authorization", authorization).delete(POLICIES + policy), given().post(path))) {
            problem(response, 401, "unauthenticated").header("WWW-Authenticate", startsWith("Bearer"));
        }
        untouched(policy, "u");
    }

    @Test
    void withoutTheScopeNothingIsAllowed() {
        String policy = policy("fixed-window", 3);
        String path = "/v1/ratelimit/" + policy + "/u";
        problem(as(READER).post(path), 403, "forbidden").body("detail", allOf(containsString("ratelimit")));
        problem(as(READER).delete(path), 403, "forbidden");
        problem(as(LIMITER, json("{'algorithm':'fixed-window','limit':9,'window':'1m'}")).put(POLICIES + policy), 403,
                "forbidden").body("detail", containsString("admin"));
        untouched(policy, "u");
    }

    private static io.restassured.specification.RequestSpecification raw(String key) {
        return as(key).urlEncodingEnabled(false);
    }

    private static void untouched(String policy, String identifier) {
        as(LIMITER).get("/v1/ratelimit/" + policy + "/" + identifier).then().body("remaining", equalTo(3));
    }

    private static ValidatableResponse problem(Response response, int status, String code) {
        return response.then().statusCode(status).contentType("application/problem+json")
                .body("status", equalTo(status)).body("code", equalTo(code))
                .body("type", equalTo("urn:millrace:problem:" + code)).body("title.length() > 0", equalTo(true))
                .body("stackTrace", nullValue());
    }
}
