package dev.millrace.ratelimit;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.Api.policy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.hamcrest.Matchers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/**
 * Guarantees of consuming, looking and resetting, for every algorithm: what is admitted and denied, the exact header
 * fields, the members of a denial, penalties, shadow policies, and that tenants do not meet.
 */
@QuarkusTest
class RateLimitTest {

    private static final int HOUR_MS = 3_600_000;

    @ParameterizedTest
    @ValueSource(strings = {"sliding-window", "sliding-window-counter", "fixed-window", "token-bucket"})
    void admitsTheLimitThenDenies(String algorithm) {
        String policy = policy(algorithm, 3);
        for (int left = 2; left >= 0; left--) {
            consume(policy, "u").then().statusCode(200).contentType("application/json")
                    .body("allowed", equalTo(true)).body("policy", equalTo(policy)).body("identifier", equalTo("u"))
                    .body("limit", equalTo(3)).body("remaining", equalTo(left))
                    .body("resetMs", allOf(greaterThan(0), lessThanOrEqualTo(2 * HOUR_MS)))
                    .body("retryAfterMs", equalTo(0)).body("degraded", equalTo(false))
                    .body("shadow", nullValue()).body("$", not(Matchers.hasKey("by")));
        }
        Response denied = consume(policy, "u");
        denied.then().statusCode(429).contentType("application/problem+json")
                .body("type", equalTo("https://iana.org/assignments/http-problem-types#quota-exceeded"))
                .body("title", notNullValue()).body("status", equalTo(429)).body("detail", startsWith("Try again in"))
                .body("code", equalTo("rate-limited")).body("allowed", equalTo(false)).body("policy", equalTo(policy))
                .body("identifier", equalTo("u")).body("limit", equalTo(3)).body("remaining", equalTo(0))
                .body("resetMs", greaterThan(0)).body("retryAfterMs", greaterThan(0))
                .body("degraded", equalTo(false)).body("violated-policies", Matchers.contains(policy));
        consume(policy, "somebody-else").then().statusCode(200).body("remaining", equalTo(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sliding-window", "sliding-window-counter", "fixed-window", "token-bucket"})
    void aLookConsumesNothingAndAResetForgets(String algorithm) {
        String policy = policy(algorithm, 2);
        look(policy, "u").then().statusCode(200).body("remaining", equalTo(2)).body("resetMs", equalTo(0));
        look(policy, "u").then().body("remaining", equalTo(2)).body("retryAfterMs", equalTo(0));
        consume(policy, "u", "{'cost':2}").then().statusCode(200).body("remaining", equalTo(0));
        look(policy, "u").then().statusCode(200).contentType("application/json").body("allowed", equalTo(false))
                .body("remaining", equalTo(0)).body("retryAfterMs", greaterThan(0));
        as(LIMITER).delete("/v1/ratelimit/{policy}/u", policy).then().statusCode(204).body(equalTo(""));
        look(policy, "u").then().body("remaining", equalTo(2)).body("resetMs", equalTo(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sliding-window", "sliding-window-counter", "fixed-window", "token-bucket"})
    void aCostIsAdmittedWholeOrNotAtAll(String algorithm) {
        String policy = policy(algorithm, 10);
        consume(policy, "u", "{'cost':7}").then().statusCode(200).body("remaining", equalTo(3));
        consume(policy, "u", "{'cost':4}").then().statusCode(429).body("remaining", equalTo(3));
        consume(policy, "u", "{'cost':11}").then().statusCode(429).body("retryAfterMs", equalTo(HOUR_MS));
        consume(policy, "u", "{'cost':3}").then().statusCode(200).body("remaining", equalTo(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sliding-window", "sliding-window-counter", "fixed-window", "token-bucket"})
    void whatWasConsumedComesBack(String algorithm) {
        String policy = policy("{'algorithm':'" + algorithm + "','limit':2,'window':'300ms'}");
        consume(policy, "u", "{'cost':2}").then().statusCode(200);
        await().until(() -> look(policy, "u").path("remaining").equals(2));
        consume(policy, "u", "{'cost':2}").then().statusCode(200);
    }

    @Test
    void theHeaderFieldsOfADecisionAreExact() {
        String policy = policy("sliding-window", 2);
        String name = '"' + policy + '"';
        consume(policy, "u").then().header("RateLimit-Policy", name + ";q=2;w=3600")
                .header("RateLimit", name + ";r=1;t=3600").header("Retry-After", nullValue());
        consume(policy, "u", "{'cost':1}").then().header("RateLimit-Policy", name + ";q=2;w=3600")
                .header("RateLimit", name + ";r=0;t=3600").header("Retry-After", nullValue())
                .header("X-RateLimit-Limit", nullValue());
        for (Response denied : new Response[]{consume(policy, "u"), consume(policy, "u", "{'cost':1}")}) {
            int seconds = (denied.<Integer>path("retryAfterMs") + 999) / 1000;
            denied.then().statusCode(429).header("RateLimit-Policy", name + ";q=2;w=3600")
                    .header("RateLimit", name + ";r=0;t=" + seconds).header("Retry-After", Integer.toString(seconds));
        }
        look(policy, "u").then().statusCode(200).header("RateLimit", startsWith(name + ";r=0;t="));
    }

    @Test
    void aTokenBucketHoldsItsBurstAndRefillsAtItsRate() {
        String policy = policy("{'algorithm':'token-bucket','limit':60,'window':'1h','burst':5}");
        consume(policy, "u", "{'cost':5}").then().statusCode(200).body("limit", equalTo(60))
                .body("remaining", equalTo(0)).body("resetMs", equalTo(300_000))
                .header("RateLimit-Policy", '"' + policy + "\";q=60;w=3600");
        consume(policy, "u").then().statusCode(429)
                .body("retryAfterMs", allOf(greaterThan(0), lessThanOrEqualTo(60_000)));
        consume(policy, "u", "{'cost':6}").then().statusCode(429).body("retryAfterMs", equalTo(HOUR_MS));
    }

    @Test
    void aShadowPolicyDeniesNothing() {
        String policy = policy("{'algorithm':'fixed-window','limit':1,'window':'1h','shadow':true}");
        consume(policy, "u").then().statusCode(200).body("shadow", equalTo(true)).body("retryAfterMs", equalTo(0));
        consume(policy, "u").then().statusCode(200).body("shadow", equalTo(true)).body("allowed", equalTo(true))
                .body("remaining", equalTo(0)).body("retryAfterMs", greaterThan(0))
                .header("Retry-After", nullValue());
    }

    @Test
    void aDenialWithAPenaltyBlocksForThatLong() {
        String policy = policy("{'algorithm':'token-bucket','limit':10,'window':'1s','denyPenalty':'1h'}");
        consume(policy, "u", "{'cost':11}").then().statusCode(429).body("retryAfterMs", equalTo(HOUR_MS));
        Response blocked = consume(policy, "u");
        blocked.then().statusCode(429).body("remaining", equalTo(0));
        assertTrue(blocked.<Integer>path("retryAfterMs") > 1000, "the penalty, not the limit");
        as(ADMIN).delete("/v1/ratelimit/{policy}/u", policy).then().statusCode(204);
        consume(policy, "u").then().statusCode(200);
    }

    @Test
    void aPenaltyEnds() {
        String policy = policy("{'algorithm':'token-bucket','limit':1000,'window':'1s','denyPenalty':'200ms'}");
        consume(policy, "u", "{'cost':1001}").then().statusCode(429);
        await().until(() -> consume(policy, "u").statusCode() == 200);
    }

    @Test
    void theShortWayAndTheLongWayAnswerAlike() {
        String policy = policy("fixed-window", 1);
        for (int status : new int[]{200, 429}) {
            Response shortWay = consume(policy, "short");
            Response longWay = consume(policy, "long", "{'cost':1}");
            assertEquals(status, shortWay.statusCode());
            assertEquals(status, longWay.statusCode());
            assertEquals(shortWay.contentType(), longWay.contentType());
            assertEquals(shortWay.<Object>path("keySet()").toString(), longWay.<Object>path("keySet()").toString());
            assertEquals(shortWay.header("RateLimit-Policy"), longWay.header("RateLimit-Policy"));
        }
    }

    @Test
    void tenantsDoNotMeet() {
        String policy = policy("fixed-window", 1);
        consume(policy, "u").then().statusCode(200);
        as(OTHER).post("/v1/ratelimit/{policy}/u", policy).then().statusCode(404).body("code",
                equalTo("policy-unknown"));
        as(OTHER, json("{'algorithm':'fixed-window','limit':5,'window':'1h'}"))
                .put("/v1/ratelimit/policies/{policy}", policy).then().statusCode(201);
        as(OTHER).post("/v1/ratelimit/{policy}/u", policy).then().statusCode(200).body("remaining", equalTo(4));
        as(OTHER).delete("/v1/ratelimit/{policy}/u", policy).then().statusCode(204);
        consume(policy, "u").then().statusCode(429);
        as(OTHER).delete("/v1/ratelimit/policies/{policy}", policy).then().statusCode(204);
        look(policy, "u").then().statusCode(200);
    }

    private static Response consume(String policy, String identifier) {
        return as(LIMITER).post("/v1/ratelimit/{policy}/{identifier}", policy, identifier);
    }

    private static Response consume(String policy, String identifier, String body) {
        return as(LIMITER, json(body)).post("/v1/ratelimit/{policy}/{identifier}", policy, identifier);
    }

    private static Response look(String policy, String identifier) {
        return as(LIMITER).get("/v1/ratelimit/{policy}/{identifier}", policy, identifier);
    }
}
