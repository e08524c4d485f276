package dev.millrace.ratelimit;

import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.READER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.Api.policy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/**
 * Guarantees of leases: at most the limit at once; a released, expired or reset one gives its place back; a renewed one
 * keeps it; what has ended cannot be renewed or released; other algorithms have none.
 */
@QuarkusTest
class LeaseTest {

    private static final String LEASES = "/v1/ratelimit/{policy}/u/leases";
    private static final String LEASE = LEASES + "/{lease}";

    @Test
    void areTakenUpToTheLimitAndGivenBack() {
        String policy = policy("{'algorithm':'concurrency','limit':2,'window':'1h'}");
        String first = take(policy).then().statusCode(201).contentType("application/json")
                .body("lease", matchesPattern("[A-Za-z0-9_-]{22}")).body("policy", equalTo(policy))
                .body("identifier", equalTo("u")).body("allowed", equalTo(true)).body("limit", equalTo(2))
                .body("remaining", equalTo(1)).body("ttlMs", equalTo(3_600_000))
                .body("expiresAt", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"))
                .body("degraded", equalTo(false)).extract().path("lease");
        String second = take(policy).then().statusCode(201).body("lease", not(equalTo(first)))
                .body("remaining", equalTo(0)).extract().path("lease");
        take(policy).then().statusCode(429).contentType("application/problem+json")
                .body("code", equalTo("rate-limited")).body("remaining", equalTo(0))
                .body("retryAfterMs", allOf(greaterThan(0), lessThanOrEqualTo(3_600_000)))
                .header("RateLimit-Policy", '"' + policy + "\";q=2;w=3600")
                .header("RateLimit", startsWith('"' + policy + "\";r=0;t="))
                .header("Retry-After", matchesPattern("\\d+"));
        as(LIMITER).delete(LEASE, policy, first).then().statusCode(204).body(equalTo(""));
        as(LIMITER).delete(LEASE, policy, first).then().statusCode(404).body("code", equalTo("lease-unknown"));
        as(READER).get("/v1/ratelimit/{policy}/u", policy).then().statusCode(200).body("remaining", equalTo(1))
                .body("allowed", equalTo(true)).header("Retry-After", nullValue());
        take(policy).then().statusCode(201).body("remaining", equalTo(0));
        renew(policy, second, "{}").then().statusCode(200).body("remaining", equalTo(0));
    }

    @Test
    void endByThemselves() {
        String policy = policy("{'algorithm':'concurrency','limit':1,'window':'1h'}");
        String lease = as(LIMITER, json("{'ttl':'200ms'}")).post(LEASES, policy).then().statusCode(201)
                .body("ttlMs", equalTo(200)).extract().path("lease");
        await().until(() -> take(policy).statusCode() == 201);
        as(LIMITER).delete(LEASE, policy, lease).then().statusCode(404);
        renew(policy, lease, "{}").then().statusCode(404).contentType("application/problem+json")
                .body("code", equalTo("lease-unknown"));
    }

    @Test
    void lastAsLongAsTheyAreRenewed() {
        String policy = policy("{'algorithm':'concurrency','limit':1,'window':'1h'}");
        String lease = as(LIMITER, json("{'ttl':'1m'}")).post(LEASES, policy).path("lease");
        renew(policy, lease, "{'ttl':'30m'}").then().statusCode(200).body("lease", equalTo(lease))
                .body("ttlMs", equalTo(1_800_000)).body("allowed", equalTo(true));
        take(policy).then().statusCode(429).body("retryAfterMs", greaterThan(60_000));
        as(LIMITER).put(LEASE, policy, lease).then().statusCode(200).body("ttlMs", equalTo(3_600_000));
        renew(policy, lease, "{'ttl':1}").then().statusCode(200);
        await().until(() -> take(policy).statusCode() == 201);
    }

    @Test
    void areForgottenByAReset() {
        String policy = policy("{'algorithm':'concurrency','limit':1}");
        String lease = take(policy).path("lease");
        as(LIMITER).delete("/v1/ratelimit/{policy}/u", policy).then().statusCode(204);
        renew(policy, lease, "{}").then().statusCode(404);
        take(policy).then().statusCode(201).body("ttlMs", equalTo(60_000));
    }

    @Test
    void refuseTermsThatThePolicyDoesNotAllow() {
        String policy = policy("{'algorithm':'concurrency','limit':1,'window':'1m'}");
        for (String ttl : new String[]{"'61s'", "0", "-1", "'soon'", "true", "'PT0.0001S'"}) {
            as(LIMITER, json("{'ttl':" + ttl + "}")).post(LEASES, policy).then().statusCode(400)
                    .body("violations.field", contains("ttl"));
        }
        take(policy).then().statusCode(201);
    }

    @Test
    void belongToTheAlgorithmConcurrencyAlone() {
        String policy = policy("fixed-window", 1);
        take(policy).then().statusCode(409).contentType("application/problem+json")
                .body("code", equalTo("algorithm-mismatch"));
        renew(policy, "x", "{}").then().statusCode(409);
        as(LIMITER).delete(LEASE, policy, "x").then().statusCode(409);
        String leases = policy("{'algorithm':'concurrency','limit':1}");
        as(LIMITER).post("/v1/ratelimit/{policy}/u", leases).then().statusCode(409)
                .body("code", equalTo("algorithm-mismatch"));
    }

    @Test
    void areOutOfReachForOtherTenantsAndScopes() {
        String policy = policy("{'algorithm':'concurrency','limit':1}");
        String lease = take(policy).path("lease");
        as(OTHER).delete(LEASE, policy, lease).then().statusCode(404).body("code", equalTo("policy-unknown"));
        as(READER).delete(LEASE, policy, lease).then().statusCode(403);
        as(READER).post(LEASES, policy).then().statusCode(403);
        take(policy).then().statusCode(429);
    }

    private static Response take(String policy) {
        return as(LIMITER).post(LEASES, policy);
    }

    private static Response renew(String policy, String lease, String body) {
        return as(LIMITER, json(body)).put(LEASE, policy, lease);
    }

    @Test
    void givenWithoutRedisTakeAPlaceWhenRenewedOrEnd() {
        String policy = policy("concurrency", 1);
        as(LIMITER).put("/v1/ratelimit/{policy}/u/leases/degraded-a", policy).then().statusCode(200);
        as(LIMITER).put("/v1/ratelimit/{policy}/u/leases/degraded-a", policy).then().statusCode(200);
        as(LIMITER).put("/v1/ratelimit/{policy}/u/leases/degraded-b", policy).then().statusCode(404);
        as(LIMITER).post("/v1/ratelimit/{policy}/u/leases", policy).then().statusCode(429);
        as(LIMITER).delete("/v1/ratelimit/{policy}/u/leases/degraded-a", policy).then().statusCode(204);
        as(LIMITER).post("/v1/ratelimit/{policy}/u/leases", policy).then().statusCode(201);
    }
}
