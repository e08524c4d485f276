package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.cache.StubOrigin.Answer;

/** A region with an origin is filled by reading it, asks once however many read, and keeps what the origin lets it keep. */
@QuarkusTest
class OriginTest extends OriginFixture {

    @Test
    void theFirstReadAsksAndTheOthersDoNot() {
        define("");
        origin.on("a", Answer.ok("from origin", "Content-Type", "text/plain", "Cache-Control", "max-age=60"));
        read("a").then().statusCode(200).contentType("text/plain").body(equalTo("from origin"))
                .header("Cache-Status", "millrace; fwd=uri-miss; fwd-status=200; stored");
        read("a").then().statusCode(200).body(equalTo("from origin")).header("Cache-Status",
                startsWith("millrace; hit; ttl=5"));
        assertEquals(List.of("/items/a?of=shop"), origin.asked);
    }

    @Test
    void manyReadersOfAColdKeyAreOneRequest() throws Exception {
        define("");
        CountDownLatch all = new CountDownLatch(1);
        origin.on("cold", (times, exchange) -> {
            all.await();
            return Answer.ok("one");
        });
        ExecutorService clients = Executors.newFixedThreadPool(200);
        try {
            Callable<String> call = () -> read("cold").then().statusCode(200).extract().asString();
            List<Future<String>> answers = new ArrayList<>();
            Collections.nCopies(200, call).forEach(c -> answers.add(clients.submit(c)));
            await().atMost(Duration.ofSeconds(20)).until(() -> origin.count("cold") == 1);
            all.countDown();
            for (Future<String> answer : answers) {
                assertEquals("one", answer.get());
            }
            assertEquals(1, origin.count("cold"));
        } finally {
            clients.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    void nothingIsRemembered(int status) {
        define(",'negativeTtl':'1h'");
        origin.on("none", Answer.status(status));
        for (int i = 0; i < 3; i++) {
            read("none").then().statusCode(404).body("code", equalTo("cache-nothing"));
        }
        assertEquals(1, origin.count("none"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-store", "private", "no-cache", "max-age=0", "max-age=x"})
    void whatMustNotBeStoredIsPassedOn(String cacheControl) {
        define("");
        origin.on("own", (times, exchange) -> Answer.ok("answer " + times, "Cache-Control", cacheControl));
        for (int i = 1; i <= 3; i++) {
            read("own").then().statusCode(200).body(equalTo("answer " + i)).header("Cache-Status",
                    containsString("not-stored"));
        }
    }

    @Test
    void theOriginsTimesCountBeforeTheRegions() {
        define(",'ttl':'1h'");
        origin.on("shared", Answer.ok("x", "Cache-Control", "max-age=10, s-maxage=1000", "Age", "400"));
        read("shared");
        read("shared").then().header("Cache-Status", startsWith("millrace; hit; ttl=59"));
        origin.on("plain", Answer.ok("x"));
        read("plain");
        read("plain").then().header("Cache-Status", startsWith("millrace; hit; ttl=359"));
    }

    @Test
    void staleIsServedAtOnceAndRefreshedBehind() {
        define("");
        origin.on("swr", (times, exchange) -> Answer.ok("v" + times, "Cache-Control",
                times == 1 ? "max-age=1, stale-while-revalidate=3600" : "max-age=3600"));
        read("swr").then().body(equalTo("v1"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> origin.count("swr") == 2 || !"v1".equals(read("swr").asString()));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> read("swr").then().body(equalTo("v2")));
        assertEquals(2, origin.count("swr"));
    }

    @Test
    void whatIsUnchangedIsNotSentAgain() {
        define("");
        origin.on("etag", (times, exchange) -> "\"v1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"))
                ? Answer.status(304, "Cache-Control", "max-age=3600")
                : Answer.ok("body " + times, "ETag", "\"v1\"", "Cache-Control", "max-age=1, stale-if-error=3600"));
        read("etag").then().body(equalTo("body 1"));
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            read("etag").then().statusCode(200).body(equalTo("body 1"));
            return origin.count("etag") == 2;
        });
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> read("etag").then().header("Cache-Status", startsWith("millrace; hit; ttl=35")));
    }

    @Test
    void whatMayNotBeKeptAnyMoreIsFetchedAgain() {
        define("");
        origin.on("changed", (times, exchange) -> exchange.getRequestHeaders().containsKey("If-None-Match")
                ? Answer.status(304, "Cache-Control", "no-cache")
                : Answer.ok("whole", "ETag", "\"v1\"", "Cache-Control",
                        times == 1 ? "max-age=1, stale-if-error=3600" : "no-cache"));
        read("changed").then().body(equalTo("whole"));
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            read("changed").then().statusCode(200).body(equalTo("whole"));
            return origin.count("changed") > 2;
        });
    }

    @Test
    void aDeleteWhileTheOriginSaysUnchangedStillGivesTheWhole() {
        define("");
        origin.on("gone", (times, exchange) -> {
            if (exchange.getRequestHeaders().containsKey("If-None-Match")) {
                as(ADMIN).delete("/v1/cache/{region}/gone", region).then().statusCode(204);
                return Answer.status(304);
            }
            return Answer.ok("whole", "ETag", "\"v1\"", "Cache-Control", "max-age=1, stale-if-error=3600");
        });
        read("gone").then().body(equalTo("whole"));
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            read("gone").then().statusCode(200).body(equalTo("whole"));
            return origin.count("gone") >= 3;
        });
    }

    @Test
    void whoTakesTheOldOneOnErrorGetsTheNewOneWhereThereIsNoError() {
        define("");
        origin.on("ok", (times, exchange) -> Answer.ok("v" + times, "Cache-Control", "max-age=1, stale-if-error=3600"));
        read("ok").then().body(equalTo("v1"));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> as(ADMIN).header("Cache-Control", "stale-if-error=60")
                        .get("/v1/cache/{region}/ok", region).then().statusCode(200).body(equalTo("v2")));
    }

    @Test
    void aPurgeWhileTheOriginAnswersIsNotUndone() throws Exception {
        define("");
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch purged = new CountDownLatch(1);
        origin.on("race", (times, exchange) -> {
            if (times == 1) {
                asked.countDown();
                purged.await();
            }
            return Answer.ok("v" + times);
        });
        ExecutorService client = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> first = client.submit(() -> read("race").statusCode());
            asked.await();
            as(ADMIN).delete("/v1/cache/" + region).then().statusCode(204);
            purged.countDown();
            assertEquals(200, first.get());
            read("race").then().body(equalTo("v2"));
        } finally {
            client.shutdownNow();
        }
    }

    @Test
    void compressedAnswersAreTakenAndGarbageIsNot() throws IOException {
        define("");
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write("unpacked".getBytes(UTF_8));
        }
        origin.on("gz", new Answer(200, gzip.toByteArray(), "Content-Encoding", "gzip", "Content-Type", "text/plain"));
        as(ADMIN).config(io.restassured.RestAssured.config().decoderConfig(
                io.restassured.config.DecoderConfig.decoderConfig().noContentDecoders()))
                .get("/v1/cache/{region}/gz", region).then().statusCode(200).body(equalTo("unpacked"));
        origin.on("bad", Answer.ok("not gzip", "Content-Encoding", "gzip"));
        read("bad").then().statusCode(502).body("code", equalTo("origin-failed"));
        origin.on("br", Answer.ok("x", "Content-Encoding", "br"));
        read("br").then().statusCode(502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "@evil.com", "x?y=z#w", "%2ex", "a\r\nHost: evil.com", "💧"})
    void noKeyLeavesItsPlace(String key) {
        define("");
        read(key).then().statusCode(404);
        assertEquals(1, origin.asked.size());
        assertTrue(origin.asked.get(0).matches("/items/[A-Za-z0-9_~.%-]+\\?of=shop"), origin.asked.get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/../../b", "%2e%2e", "%252e%252e/x", "..;a", "a\\..", "b/..;x/c"})
    void aKeyThatMayLeaveItsPlaceIsRefused(String key) {
        define("");
        read(key).then().statusCode(400).body("violations[0].field", equalTo("key"));
        assertEquals(List.of(), origin.asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://{key}/", "ftp://a/{key}", "http://a/", "nonsense", "http://a/{key}{key}"})
    void templatesAreChecked(String template) {
        as(ADMIN, "{\"origin\":\"" + template + "\"}").put("/v1/cache/regions/" + region).then().statusCode(400)
                .body("violations[0].field", equalTo("origin"));
    }
}
