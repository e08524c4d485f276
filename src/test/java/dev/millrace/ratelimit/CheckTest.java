package dev.millrace.ratelimit;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.READER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.Api.policy;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/**
 * Guarantees of checking many limits in one call: always 200 with a result per check, in order; charged all or none if
 * {@code atomic}, each for itself if not; under named and inline policies alike.
 */
@QuarkusTest
class CheckTest {

    @Test
    void eachCheckIsChargedForItself() {
        String wide = policy("fixed-window", 10);
        String narrow = policy("token-bucket", 1);
        String body = "{'checks':[{'policy':'%s','identifier':'u','cost':3},{'policy':'%s','identifier':'u','cost':2}]}"
                .formatted(wide, narrow);
        Response response = check(body);
        response.then().statusCode(200).contentType("application/json").body("allowed", equalTo(false))
                .body("results", hasSize(2)).body("results.allowed", contains(true, false))
                .body("results.policy", contains(wide, narrow)).body("results.remaining", contains(7, 1))
                .body("results[0].retryAfterMs", equalTo(0)).body("results[1].retryAfterMs", equalTo(3_600_000))
                .header("RateLimit", nullValue()).header("Retry-After", nullValue());
        remaining(wide, 7);
    }

    @Test
    void anAtomicListIsChargedAllOrNone() {
        String wide = policy("sliding-window", 10);
        String narrow = policy("sliding-window-counter", 4);
        String body = "{'atomic':true,'checks':[{'policy':'%s','identifier':'u','cost':3},"
                + "{'policy':'%s','identifier':'u','cost':3}]}";
        check(body.formatted(wide, narrow)).then().body("allowed", equalTo(true))
                .body("results.remaining", contains(7, 1));
        check(body.formatted(wide, narrow)).then().statusCode(200).body("allowed", equalTo(false))
                .body("results.allowed", contains(true, false)).body("results.remaining", contains(7, 1))
                .body("results[1].retryAfterMs", greaterThan(0));
        remaining(wide, 7);
        remaining(narrow, 1);
    }

    @Test
    void theSameLimitTwiceIsChargedTwice() {
        String policy = policy("fixed-window", 5);
        String twice = "{'atomic':%s,'checks':[{'policy':'%s','identifier':'u','cost':3},"
                + "{'policy':'%2$s','identifier':'u','cost':3}]}".replace("%2$s", policy);
        check(twice.formatted(true, policy)).then().body("allowed", equalTo(false))
                .body("results.allowed", contains(true, false));
        remaining(policy, 5);
        check(twice.formatted(false, policy)).then().body("results.allowed", contains(true, false));
        remaining(policy, 2);
    }

    @Test
    void aCostOfZeroLooks() {
        String policy = policy("fixed-window", 2);
        check("{'checks':[{'policy':'%s','identifier':'u','cost':0}]}".formatted(policy)).then()
                .body("allowed", equalTo(true)).body("results[0].remaining", equalTo(2));
        remaining(policy, 2);
    }

    @Test
    void inlinePoliciesCountByWhatTheyAre() {
        String identifier = "inline-" + UUID.randomUUID();
        String check = "{'checks':[{'algorithm':'%s','limit':%d,'window':'1h','identifier':'" + identifier + "'}]}";
        check(check.formatted("fixed-window", 2)).then().statusCode(200).body("results[0].policy", equalTo("inline"))
                .body("results[0].limit", equalTo(2)).body("results[0].remaining", equalTo(1));
        check(check.formatted("fixed-window", 2)).then().body("results[0].remaining", equalTo(0));
        check(check.formatted("fixed-window", 2)).then().body("allowed", equalTo(false));
        check(check.formatted("fixed-window", 3)).then().body("results[0].remaining", equalTo(2));
        check(check.formatted("token-bucket", 2)).then().body("results[0].remaining", equalTo(1));
        as(OTHER, json(check.formatted("fixed-window", 2))).post("/v1/ratelimit/check").then()
                .body("results[0].remaining", equalTo(1));
    }

    @Test
    void aHundredChecksAreFineAndMoreAreNot() {
        check(many(100)).then().statusCode(200).body("allowed", equalTo(true)).body("results", hasSize(100));
        check(many(101)).then().statusCode(400).body("violations.field", contains("checks"));
        check("{'checks':[]}").then().statusCode(400).body("violations.field", contains("checks"));
        check("{}").then().statusCode(400).body("violations.field", contains("checks"));
    }

    @Test
    void sayWhichCheckIsWrongAndChargeNothing() {
        String policy = policy("fixed-window", 5);
        String leases = policy("{'algorithm':'concurrency','limit':1}");
        String good = "{'checks':[{'policy':'" + policy + "','identifier':'u'},";
        check(good + "{'policy':'" + policy + "','identifier':''}]}").then().statusCode(400)
                .body("violations.field", contains("checks[1].identifier"));
        check(good + "{'policy':'" + policy + "','identifier':'..'}]}").then().statusCode(400)
                .body("violations.field", contains("checks[1].identifier"));
        check(good + "{'policy':'" + policy + "'}]}").then().statusCode(400)
                .body("violations.field", contains("checks[1].identifier"));
        check(good + "{'policy':'" + policy + "','identifier':'u','cost':-1}]}").then().statusCode(400)
                .body("violations.field", contains("checks[1].cost"));
        check(good + "{'policy':'" + policy + "','identifier':'u','cost':1.5}]}").then().statusCode(400)
                .body("violations.field", contains("checks[1].cost"));
        check(good + "{'identifier':'u','limit':0}]}").then().statusCode(400).body("violations.field",
                contains("checks[1].algorithm", "checks[1].limit", "checks[1].window"));
        check(good + "{'policy':'" + policy + "','limit':3,'identifier':'u'}]}").then().statusCode(400)
                .body("violations.field", contains("checks[1]"));
        check(good + "null]}").then().statusCode(400).body("violations.field", contains("checks[1]"));
        check(good + "{'policy':'nowhere','identifier':'u'}]}").then().statusCode(404)
                .body("code", equalTo("policy-unknown"));
        check(good + "{'policy':'" + leases + "','identifier':'u'}]}").then().statusCode(409)
                .body("code", equalTo("algorithm-mismatch"));
        check(good + "{'algorithm':'concurrency','limit':1,'identifier':'u'}]}").then().statusCode(409);
        remaining(policy, 5);
    }

    @Test
    void needsTheScopeToConsume() {
        as(READER, json(many(1))).post("/v1/ratelimit/check").then().statusCode(403).body("code", equalTo("forbidden"));
    }

    private static String many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{'algorithm':'fixed-window','limit':1000,'window':'1h','identifier':'many" + i + "'}")
                .collect(Collectors.joining(",", "{'checks':[", "]}"));
    }

    private static Response check(String body) {
        return as(LIMITER, json(body)).post("/v1/ratelimit/check");
    }

    private static void remaining(String policy, int expected) {
        as(ADMIN).get("/v1/ratelimit/{policy}/u", policy).then().body("remaining", equalTo(expected));
    }

    @Test
    void aListMayCostTenThousandUnderTheExactWindow() {
        String check = "{'algorithm':'sliding-window','limit':10000,'window':'1s','cost':5000,'identifier':'";
        String two = check + "a'}," + check + "b'}";
        as(LIMITER, json("{'checks':[" + two + "]}")).post("/v1/ratelimit/check").then().statusCode(200);
        as(LIMITER, json("{'checks':[" + two + "," + check + "c'}]}")).post("/v1/ratelimit/check")
                .then().statusCode(400).body("violations[0].field", equalTo("checks"));
    }
}
