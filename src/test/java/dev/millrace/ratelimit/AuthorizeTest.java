package dev.millrace.ratelimit;

import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.READER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.policy;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/**
 * Guarantees of what proxies ask: 204 or a denial with the status they understand, both with the header fields; clients
 * told apart by address or header; nobody escapes the limit by leaving a header out or by forging one.
 */
@QuarkusTest
class AuthorizeTest {

    @Test
    void admitsWithoutABodyAndDeniesWithAProblem() {
        String policy = policy("fixed-window", 1);
        authorize(as(LIMITER), policy, "").then().statusCode(204).body(equalTo(""))
                .header("RateLimit-Policy", '"' + policy + "\";q=1;w=3600")
                .header("RateLimit", '"' + policy + "\";r=0;t=3600").header("Retry-After", nullValue());
        authorize(as(LIMITER), policy, "").then().statusCode(429).contentType("application/problem+json")
                .body("code", equalTo("rate-limited")).body("status", equalTo(429))
                .body("identifier", equalTo("127.0.0.1")).header("Retry-After", notNullValue())
                .header("RateLimit", startsWith('"' + policy + "\";r=0;t="));
    }

    @Test
    void deniesWithTheStatusAskedFor() {
        String policy = policy("fixed-window", 1);
        authorize(as(LIMITER), policy, "?denyStatus=403").then().statusCode(204);
        authorize(as(LIMITER), policy, "?denyStatus=403").then().statusCode(403)
                .contentType("application/problem+json").body("status", equalTo(403))
                .body("code", equalTo("rate-limited")).header("Retry-After", notNullValue());
    }

    @Test
    void tellsClientsApartByAHeaderAndKeepsOnlyItsHash() {
        String policy = policy("fixed-window", 1);
        String by = "?by=header:X-Client";
        authorize(as(LIMITER).header("X-Client", "secret-a"), policy, by).then().statusCode(204);
        authorize(as(LIMITER).header("X-Client", "secret-b"), policy, by).then().statusCode(204);
        authorize(as(LIMITER).header("X-Client", "secret-a"), policy, by).then().statusCode(429)
                .body("identifier", matchesPattern("[0-9a-f]{32}"));
    }

    @Test
    void requestsWithoutTheHeaderShareOneBucket() {
        String policy = policy("fixed-window", 2);
        String by = "?by=header:X-Client";
        authorize(as(LIMITER), policy, by).then().statusCode(204);
        authorize(as(LIMITER).header("X-Client", ""), policy, by).then().statusCode(204);
        authorize(as(LIMITER), policy, by).then().statusCode(429).body("identifier", equalTo("anonymous"));
    }

    @Test
    void doesNotBelieveWhomNoTrustedProxyForwardsFor() {
        String policy = policy("fixed-window", 1);
        authorize(as(LIMITER).header("X-Forwarded-For", "203.0.113.1"), policy, "?by=ip").then().statusCode(204);
        authorize(as(LIMITER).header("X-Forwarded-For", "203.0.113.2"), policy, "?by=ip").then().statusCode(429)
                .body("identifier", equalTo("127.0.0.1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"denyStatus=200", "denyStatus=399", "denyStatus=600", "denyStatus=-1", "denyStatus=abc",
            "denyStatus=99999999999", "by=cookie", "by=header:", "by=header"})
    void badParametersAreNamedAndChargeNothing(String query) {
        String policy = policy("fixed-window", 1);
        authorize(as(LIMITER), policy, "?" + query).then().statusCode(400).contentType("application/problem+json")
                .body("code", equalTo("invalid-request"))
                .body("violations.field", contains(query.substring(0, query.indexOf('='))));
        authorize(as(LIMITER), policy, "").then().statusCode(204);
    }

    @Test
    void needsAPolicyThatCountsAndTheScopeToConsume() {
        authorize(as(LIMITER), "nowhere", "").then().statusCode(404).body("code", equalTo("policy-unknown"));
        String leases = policy("{'algorithm':'concurrency','limit':1}");
        authorize(as(LIMITER), leases, "").then().statusCode(409).body("code", equalTo("algorithm-mismatch"));
        authorize(as(READER), leases, "").then().statusCode(403);
    }

    private static Response authorize(RequestSpecification request, String policy, String query) {
        return request.get("/v1/ratelimit/" + policy + "/authorize" + query);
    }

    @Test
    void aRepeatedHeaderIsNotTheSameAsItsParts() {
        String policy = policy("fixed-window", 1);
        for (int status : new int[]{204, 429}) {
            as(LIMITER).header("X-Api-Key", "a", "b")
                    .get("/v1/ratelimit/{policy}/authorize?by=header:X-Api-Key", policy)
                    .then().statusCode(status);
        }
        as(LIMITER).header("X-Api-Key", "a").get("/v1/ratelimit/{policy}/authorize?by=header:X-Api-Key", policy)
                .then().statusCode(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"header:Authorization", "header:", "header:a b", "header:a\r\nb", "cookie"})
    void onlyOtherHeadersIdentify(String by) {
        as(LIMITER).queryParam("by", by).get("/v1/ratelimit/{policy}/authorize", policy("fixed-window", 1))
                .then().statusCode(400).body("violations.field", contains("by"));
    }
}
