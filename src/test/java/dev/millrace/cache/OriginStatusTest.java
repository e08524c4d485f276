package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.cache.StubOrigin.Answer;

/** What each status of an origin means: which are stored, which end an entry, which are failures, and which ask for a pause. */
@QuarkusTest
class OriginStatusTest extends OriginFixture {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Answer answer(int status, String body, String... fields) {
        return new Answer(status, body.getBytes(UTF_8), fields);
    }

    private Response unfollowed(String key) {
        return as(ADMIN).redirects().follow(false).get("/v1/cache/{region}/{key}", region, key);
    }

    /** Stores an entry that is stale after a second, and may be served on error for an hour; then the origin answers otherwise. */
    private void staleThen(String key, Answer later) {
        origin.on(key, (times, exchange) -> times == 1
                ? Answer.ok("old", "Cache-Control", "max-age=1, stale-if-error=3600")
                : later);
        read(key).then().statusCode(200);
        await().atMost(PATIENCE).until(() -> {
            String status = String.valueOf(unfollowed(key).getHeader("Cache-Status"));
            // It may be asked early, while the entry is fresh.
            return origin.count(key) > 1 && !status.matches("millrace; hit; ttl=\\d+");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 203, 204})
    void aSuccessIsStoredWithItsStatus(int status) {
        define("");
        origin.on("ok", answer(status, status == 204 ? "" : "x"));
        read("ok").then().statusCode(status).header("Cache-Status", containsString("; stored"));
        read("ok").then().statusCode(status).body(equalTo(status == 204 ? "" : "x")).header("Cache-Status",
                startsWith("millrace; hit"));
        as(ADMIN).accept("text/html").head("/v1/cache/{region}/ok", region).then().statusCode(status);
        assertEquals(1, origin.count("ok"));
    }

    @ParameterizedTest
    @CsvSource({"301,true", "308,true", "300,true", "302,false", "303,false", "307,false"})
    void aRedirectIsPassedOnAndNotFollowed(int status, boolean byDefault) {
        define("");
        origin.on("moved", answer(status, "there", "Location", "/elsewhere?a=b"));
        for (int i = 0; i < 2; i++) {
            unfollowed("moved").then().statusCode(status).header("Location",
                    "http://127.0.0.1:" + origin.port() + "/elsewhere?a=b");
        }
        assertEquals(byDefault ? 1 : 2, origin.count("moved"));
        origin.on("said", answer(status, "there", "Location", "https://example.com/", "Cache-Control", "max-age=60"));
        for (int i = 0; i < 2; i++) {
            unfollowed("said").then().statusCode(status).header("Location", "https://example.com/");
        }
        assertEquals(1, origin.count("said"));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 410, 451, 301, 302})
    void whatIsGoneIsNotServedAnyMoreNotEvenOnError(int status) {
        define(",'sie':'1h','negativeTtl':'1ms'");
        staleThen("gone", answer(status, "no", "Location", "https://example.com/", "Cache-Control", "no-store"));
        unfollowed("gone").then().statusCode(status == 410 ? 404 : status).body(not(equalTo("old")));
        origin.on("gone", Answer.status(500));
        await().atMost(PATIENCE).untilAsserted(() -> unfollowed("gone").then().statusCode(502));
    }

    /** The caller would answer a challenge with what it has for Millrace. */
    @Test
    void a401OfAnOriginAsksForNoCredentials() {
        define("");
        origin.on("secret", answer(401, "no", "WWW-Authenticate", "Basic realm=\"origin\""));
        for (int i = 0; i < 2; i++) {
            read("secret").then().statusCode(401).header("WWW-Authenticate", (String) null).body(equalTo("no"))
                    .header("Cache-Status", "millrace; fwd=uri-miss; fwd-status=401; detail=not-stored");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 405, 418, 499, 501, 505, 599})
    void anyOtherStatusIsPassedOnAndEndsNothing(int status) {
        define(",'sie':'1h'");
        staleThen("odd", answer(status, "no", "Content-Type", "text/plain", "Cache-Control", "max-age=600"));
        for (int i = 0; i < 2; i++) {
            unfollowed("odd").then().statusCode(status).body(equalTo("no")).contentType("text/plain")
                    .header("Cache-Status",
                            "millrace; fwd=stale; fwd-status=" + status + "; detail=not-stored");
        }
        origin.on("odd", Answer.status(500));
        await().atMost(PATIENCE).untilAsserted(() -> unfollowed("odd").then().statusCode(200).body(equalTo("old")));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 600, 999, 1000})
    void aFailureServesTheOldOne(int status) {
        define("");
        staleThen("sie", answer(status, "no"));
        read("sie").then().statusCode(200).body(equalTo("old")).header("Cache-Status",
                containsString("stale-if-error"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"max-age=1, must-revalidate, stale-if-error=600",
            "max-age=1, proxy-revalidate, stale-while-revalidate=600", "s-maxage=1, stale-if-error=600",
            "s-maxage=1, stale-while-revalidate=600"})
    void whatMustBeRevalidatedIsNeverServedStale(String cacheControl) {
        define(",'swr':'1h','sie':'1h'");
        origin.on("strict", (times, exchange) -> times == 1
                ? Answer.ok("old", "Cache-Control", cacheControl)
                : Answer.status(500));
        read("strict").then().statusCode(200);
        await().atMost(PATIENCE).until(() -> {
            Response response = read("strict");
            response.then().statusCode(anyOf(equalTo(200), equalTo(502))).header("Cache-Status",
                    not(containsString("stale")));
            return response.statusCode() == 502;
        });
        read("strict").then().statusCode(502);
    }

    @Test
    void aLimitIsPassedOnAndObeyed() {
        define("");
        origin.on("slow", answer(429, "slow down", "Retry-After", "30"));
        for (int i = 0; i < 3; i++) {
            read("slow").then().statusCode(429).contentType("application/problem+json")
                    .body("code", equalTo("origin-limited"))
                    .header("Retry-After", matchesPattern("30|2[0-9]"));
        }
        assertEquals(1, origin.count("slow"));
        as(ADMIN).delete("/v1/cache/{region}/slow", region).then().statusCode(204);
        read("slow").then().statusCode(429);
        assertEquals(2, origin.count("slow"), "a delete ends the pause");
    }

    @Test
    void aLimitIsNoErrorOnWhichStaleIsServed() {
        define("");
        staleThen("limited", answer(429, "slow down", "Retry-After", "30"));
        read("limited").then().statusCode(429);
        assertEquals(2, origin.count("limited"));
    }

    @Test
    void aPauseIsAtMostAnHourAndAtLeastASecond() {
        define("");
        origin.on("long", answer(429, "", "Retry-After", "999999"));
        read("long").then().header("Retry-After", "3600");
        for (String value : new String[]{"0", "soon", "-1", "Thu, 01 Jan 1970 00:00:00 GMT"}) {
            origin.on("v" + value.length(), answer(429, "", "Retry-After", value));
            read("v" + value.length()).then().statusCode(429).header("Retry-After", "1");
        }
    }

    @Test
    void anOriginThatIsAwayForAWhileIsNotAskedBefore() {
        define("");
        origin.on("away", answer(503, "", "Retry-After", "30"));
        for (int i = 0; i < 2; i++) {
            read("away").then().statusCode(502).body("code", equalTo("origin-failed")).header("Retry-After",
                    matchesPattern("30|2[0-9]"));
        }
        assertEquals(1, origin.count("away"));
        staleThen("kept", answer(503, "", "Retry-After", "30"));
        read("kept").then().statusCode(200).body(equalTo("old"));
        read("kept").then().statusCode(200).body(equalTo("old"));
        assertEquals(2, origin.count("kept"));
    }

    @Test
    void aLimitOfAResponseThatIsNotStoredIsObeyedToo() {
        define("");
        origin.on("own", (times, exchange) -> times == 1
                ? Answer.ok("own", "Cache-Control", "no-store")
                : answer(429, "", "Retry-After", "30"));
        read("own").then().statusCode(200);
        read("own").then().statusCode(429);
        read("own").then().statusCode(429);
        assertEquals(2, origin.count("own"));
    }
}
