package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.cache.StubOrigin.Answer;

/** Callers choose variants by what they send: what the origin answers to one of them does no harm to the others. */
@QuarkusTest
class OriginVariantsApartTest extends OriginFixture {

    private static final int CALLERS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PATIENCE_S = 8;

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    /** Of variants that the origin answers only when so many requests for them have arrived. */
    private final Map<String, CountDownLatch> together = new ConcurrentHashMap<>();
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final Set<String> alone = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void defineIt() {
        define(",'vary':['Accept-Language']");
        origin.on("k", (times, exchange) -> {
            String language = exchange.getRequestHeaders().getFirst("Accept-Language");
            asked.merge(language, 1, Integer::sum);
            CountDownLatch all = together.get(language);
            if (all != null) {
                all.countDown();
                if (!all.await(PATIENCE_S, TimeUnit.SECONDS)) {
                    alone.add(language);
                }
            }
            return answers.getOrDefault(language, Answer.ok("in " + language, "Vary", "Accept-Language"));
        });
    }

    private Response in(String language) {
        return as(ADMIN).header("Accept-Language", language).redirects().follow(false)
                .get("/v1/cache/{region}/k", region);
    }

    private CompletableFuture<HttpResponse<byte[]>> later(String language) {
        return Cache.later(Cache.request(ADMIN, "GET", region + "/k", null, "Accept-Language", language));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 451, 404})
    void aRefusalOfOneDropsNoOther(int status) {
        in("en");
        in("de").then().header("Cache-Status", containsString("; stored"));
        answers.put("bad", Answer.status(status, "Cache-Control", "no-store"));
        for (int i = 0; i < 2; i++) {
            in("bad").then().statusCode(status);
        }
        in("en").then().body(equalTo("in en")).header("Cache-Status", startsWith("millrace; hit"));
        in("de").then().body(equalTo("in de")).header("Cache-Status", startsWith("millrace; hit"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"private", "no-store", "no-cache", "max-age=0"})
    void whatMustNotBeStoredOfOneDropsNoOther(String cacheControl) {
        in("en");
        answers.put("bad", Answer.ok("own", "Vary", "Accept-Language", "Cache-Control", cacheControl));
        for (int i = 0; i < 2; i++) {
            in("bad").then().body(equalTo("own"));
        }
        in("en").then().header("Cache-Status", startsWith("millrace; hit"));
        in("fr").then().header("Cache-Status", containsString("; stored"));
    }

    @Test
    void aRefusalDropsItsOwnVariant() {
        answers.put("en",
                Answer.ok("old", "Vary", "Accept-Language", "Cache-Control", "max-age=1, stale-if-error=600"));
        in("en");
        in("de");
        answers.put("en", Answer.status(403));
        await().atMost(PATIENCE).until(() -> in("en").statusCode() == 403);
        answers.put("en", Answer.status(500));
        await().atMost(PATIENCE).untilAsserted(() -> in("en").then().statusCode(502));
        in("de").then().header("Cache-Status", startsWith("millrace; hit"));
    }

    @ParameterizedTest
    @CsvSource({"429,429", "503,502", "500,502"})
    void aPauseOfOnePausesNoOther(int status, int seen) {
        answers.put("bad", Answer.status(status, "Retry-After", "600"));
        for (int i = 0; i < 2; i++) {
            in("bad").then().statusCode(seen);
            in("en").then().statusCode(200).header("Cache-Status",
                    i == 0 ? containsString("; stored") : startsWith("millrace; hit"));
        }
        in("de").then().statusCode(200).body(equalTo("in de"));
        assertEquals(1, asked.get("bad"));
    }

    @Test
    void aDeleteEndsThePausesOfAllVariants() {
        for (String language : List.of("a", "b")) {
            answers.put(language, Answer.status(429, "Retry-After", "600"));
            in(language).then().statusCode(429);
            answers.remove(language);
            in(language).then().statusCode(429);
        }
        as(ADMIN).delete("/v1/cache/{region}/k", region).then().statusCode(204);
        in("a").then().statusCode(200);
        in("b").then().statusCode(200);
    }

    @Test
    void variantsAreRequestedAtTheSameTime() {
        CountDownLatch all = new CountDownLatch(CALLERS);
        List<CompletableFuture<HttpResponse<byte[]>>> responses = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            together.put("l" + i, all);
            responses.add(later("l" + i));
            responses.add(later("l" + i));
        }
        responses.forEach(response -> assertEquals(200, response.join().statusCode()));
        assertEquals(Set.of(), alone, "waited for each other");
        assertEquals(CALLERS, origin.count("k"), "one request of each variant");
    }

    @Test
    void aDeleteVoidsTheLeasesOfAllVariants() throws InterruptedException {
        CountDownLatch arrived = new CountDownLatch(2);
        CountDownLatch released = new CountDownLatch(1);
        origin.on("k", (times, exchange) -> {
            arrived.countDown();
            released.await(PATIENCE_S, TimeUnit.SECONDS);
            return Answer.ok("number " + times, "Vary", "Accept-Language");
        });
        List<CompletableFuture<HttpResponse<byte[]>>> old = List.of(later("a"), later("b"));
        assertTrue(arrived.await(PATIENCE_S, TimeUnit.SECONDS));
        as(ADMIN).delete("/v1/cache/{region}/k", region).then().statusCode(204);
        released.countDown();
        old.forEach(response -> assertTrue(
                Cache.header(response.join(), "Cache-Status").contains("not-stored"), "its lease is void"));
        in("a").then().header("Cache-Status", containsString("; stored"));
        in("b").then().header("Cache-Status", containsString("; stored"));
    }

    @Test
    void beyondTheBoundCallersDoNotWaitForEachOther() {
        for (int i = 0; i < CacheStore.MAX_VARIANTS; i++) {
            in("l" + i).then().header("Cache-Status", containsString("; stored"));
        }
        in("more").then().statusCode(200).header("Cache-Status", containsString("not-stored"));
        CountDownLatch all = new CountDownLatch(2 * CALLERS);
        List<CompletableFuture<HttpResponse<byte[]>>> responses = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            together.put("more", all);
            together.put("m" + i, all);
            responses.add(later("more"));
            responses.add(later("m" + i));
        }
        responses.forEach(response -> assertEquals(200, response.join().statusCode()));
        assertEquals(Set.of(), alone, "waited for each other");
        for (int i = 0; i < CacheStore.MAX_VARIANTS; i++) {
            in("l" + i).then().header("Cache-Status", startsWith("millrace; hit"));
        }
    }

    @Test
    void variantsThatWerePurgedMakePlace() {
        for (int i = 0; i < CacheStore.MAX_VARIANTS; i++) {
            in("l" + i);
        }
        as(ADMIN).delete("/v1/cache/{region}", region).then().statusCode(204);
        in("more").then().header("Cache-Status", containsString("; stored"));
        in("more").then().header("Cache-Status", startsWith("millrace; hit"));
    }
}
