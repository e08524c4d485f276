package dev.millrace.ratelimit;

import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.Api.policy;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

/** Guarantees of the counters of decisions: each is counted once, by policy and outcome; no label holds an identifier. */
@QuarkusTest
class RateLimitMetricsTest {

    @TestHTTPResource(value = "/metrics", management = true)
    URI metrics;

    URI metrics() {
        return metrics;
    }

    @Test
    void eachDecisionIsCountedOnceAndALookIsNot() {
        String policy = policy("fixed-window", 2);
        String shadow = policy("{'algorithm':'fixed-window','limit':1,'window':'1h','shadow':true}");
        for (int i = 0; i < 3; i++) {
            as(LIMITER).post("/v1/ratelimit/{policy}/identifier-never-shown", policy);
            as(LIMITER).get("/v1/ratelimit/{policy}/identifier-never-shown", policy);
            as(LIMITER).post("/v1/ratelimit/{policy}/u", shadow);
        }
        as(LIMITER, json("{'checks':[{'policy':'" + policy + "','identifier':'v'},"
                + "{'policy':'" + policy + "','identifier':'v','cost':0}]}")).post("/v1/ratelimit/check");
        String metrics = given().get(metrics()).then().statusCode(200).extract().asString();
        assertEquals(3, count(metrics, policy, "allowed"));
        assertEquals(1, count(metrics, policy, "denied"));
        assertEquals(1, count(metrics, shadow, "allowed"));
        assertEquals(2, count(metrics, shadow, "shadow_denied"));
        assertFalse(metrics.contains("identifier-never-shown"));
    }

    @Test
    void inlinePoliciesShareOneLabel() {
        as(LIMITER, json("{'checks':[{'algorithm':'fixed-window','limit':1000,'window':'1h','identifier':'u'}]}"))
                .post("/v1/ratelimit/check").then().statusCode(200);
        String metrics = given().get(metrics()).asString();
        assertTrue(count(metrics, "inline", "allowed") >= 1);
        assertFalse(metrics.contains("policy=\"~"), metrics);
    }

    private static double count(String metrics, String policy, String outcome) {
        return metrics.lines().filter(line -> line.startsWith("millrace_ratelimit_decisions_total{")
                && line.contains("policy=\"" + policy + '"') && line.contains("outcome=\"" + outcome + '"'))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    }

    @Test
    void whatAClientMakesUpIsNoLabel() {
        as(LIMITER).request("M17X", "/v1/ratelimit/never-shown/u");
        as(LIMITER).options("/v1/ratelimit/never-shown/u");
        as(LIMITER).get("/never-shown");
        as(LIMITER).post("/v1/ratelimit/never-shown/u;x");
        as(LIMITER).contentType("text/plain").body("x").post("/v1/ratelimit/never-shown/u");
        as(LIMITER).contentType("application/grpc").body(new byte[]{'x'}).post("/never.shown/Method");
        String metrics = given().get(metrics()).asString();
        assertTrue(metrics.contains("uri=\"unmatched\""), metrics);
        assertFalse(metrics.contains("never"), metrics);
        assertFalse(metrics.contains("M17X"), metrics);
    }
}
