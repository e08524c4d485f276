package dev.millrace.faults;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.sun.net.httpserver.HttpServer;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/**
 * While Redis is away the cache misses, and says why; it gives no lease and stores nothing, and says that; nobody hangs, not
 * even who was waiting for another; and it resumes by itself.
 */
@QuarkusTest
@WithTestResource(FaultyRedis.class)
class CacheFaultTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Longer than what the origin sends is fresh at first. */
    private static final Duration STALE = Duration.ofMillis(1500);
    private static final String AWAY = "millrace; fwd=miss; detail=redis-unavailable";

    @TestHTTPResource("/v1/cache/faults/")
    URL entries;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile boolean paused;
    private boolean killed;

    /** On every event loop. */
    @BeforeEach
    void awaitRedis() {
        await().atMost(PATIENCE).until(() -> IntStream.range(0, 10).allMatch(i -> put("probe").statusCode() == 204));
    }

    @AfterEach
    void heal() {
        if (paused) {
            resume();
        }
        if (killed) {
            FaultyRedis.server.start();
        }
        awaitRedis();
        given().delete("/v1/cache/faults").then().statusCode(204);
    }

    @Test
    void missesAndStoresNothingWhileRedisIsStopped() {
        put("k").then().statusCode(204);
        killed = true;
        FaultyRedis.server.kill();
        await().atMost(PATIENCE).until(() -> IntStream.range(0, 10).allMatch(i -> put("probe").statusCode() == 503));

        for (String query : List.of("", "?lease=60s", "?lease=60s&wait=30s")) {
            miss(get("k" + query));
        }
        given().body("{\"get\":[\"k\"]}").contentType("application/json").post("/v1/cache/faults/batch").then()
                .statusCode(200).body("items[0].status", equalTo("miss"));
        unavailable(put("k"));
        unavailable(given().delete("/v1/cache/faults/k"));
        unavailable(given().delete("/v1/cache/faults"));
        unavailable(given().delete("/v1/cache/faults?tag=t"));
        unavailable(given().contentType("application/json").body("{}").put("/v1/cache/regions/faults"));
    }

    @Test
    void aFrozenRedisHangsNobody() {
        put("k").then().statusCode(204);
        paused = true;
        FaultyRedis.server.pause();
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 30)
                .mapToObj(i -> later("k" + (i % 3 == 0 ? "" : i % 3 == 1 ? "?lease=60s" : "?lease=60s&wait=30s")))
                .toList();
        answers.forEach(answer -> {
            HttpResponse<String> got = answer.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join();
            assertEquals(404, got.statusCode());
            assertEquals(AWAY, got.headers().firstValue("Cache-Status").orElse(""));
        });
        unavailable(put("k"));
        resume();
        await().atMost(PATIENCE).until(() -> get("k").statusCode() == 200);
    }

    @Test
    void aWaitEndsWhenRedisGoesAway() {
        assertNotNull(get("slow?lease=60s").header("Cache-Lease"));
        long before = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> waiting = IntStream.range(0, 5)
                .mapToObj(i -> later("slow?lease=60s&wait=30s")).toList();
        await().atMost(PATIENCE).until(() -> put("other").statusCode() == 204);
        assertTrue(waiting.stream().noneMatch(CompletableFuture::isDone), "they wait");
        killed = true;
        FaultyRedis.server.kill();
        for (CompletableFuture<HttpResponse<String>> answer : waiting) {
            HttpResponse<String> got = answer.orTimeout(40, java.util.concurrent.TimeUnit.SECONDS).join();
            assertEquals(404, got.statusCode());
            assertEquals(AWAY, got.headers().firstValue("Cache-Status").orElse(""));
        }
        long waited = Duration.ofNanos(System.nanoTime() - before).toSeconds();
        assertTrue(waited < 25, () -> "and not until their time is over: " + waited + " s");
    }

    /** The caller gets what the origin said, whatever that was. */
    @ParameterizedTest
    @CsvSource({"200,200,max-age=60", "200,200,no-store", "404,404,max-age=60", "403,403,max-age=60",
            "418,418,max-age=60",
            "429,429,max-age=60", "500,502,max-age=60", "304,200,max-age=60"})
    void aResponseOfAnOriginIsNotLostWithRedis(int status, int seen, String control) throws IOException {
        HttpServer origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicBoolean freezes = new AtomicBoolean();
        origin.createContext("/", exchange -> {
            boolean conditional = exchange.getRequestHeaders().containsKey("If-None-Match");
            boolean last = freezes.get() && (status != 304 || conditional);
            if (last) {
                freeze();
            }
            exchange.getResponseHeaders().add("Cache-Control", last ? control : "max-age=1");
            exchange.getResponseHeaders().add("ETag", "\"v\"");
            exchange.getResponseHeaders().add("Retry-After", "1");
            exchange.sendResponseHeaders(last ? status : 200, -1);
            exchange.close();
        });
        origin.start();
        try {
            String region = "/v1/cache/regions/origin-" + UUID.randomUUID();
            given().contentType("application/json")
                    .body("{\"origin\":\"http://127.0.0.1:" + origin.getAddress().getPort() + "/{key}\"}").put(region)
                    .then()
                    .statusCode(201);
            String entry = region.replace("/regions", "") + "/k";
            if (status == 304) {
                storeUntilStale(entry);
            }
            freezes.set(true);
            await().atMost(PATIENCE).until(() -> {
                Response response = given().get(entry);
                if (paused) {
                    assertEquals(seen, response.statusCode(), response::asString);
                }
                return paused;
            });
            resume();
        } finally {
            origin.stop(0);
        }
    }

    /**
     * A caller may refresh an entry in the background shortly before it is stale: the origin would freeze Redis when that caller has
     * its response already, and the next read would miss.
     */
    private static void storeUntilStale(String entry) {
        given().get(entry).then().statusCode(200);
        await().pollDelay(STALE).atMost(PATIENCE).until(() -> true);
    }

    private void freeze() {
        paused = true;
        FaultyRedis.server.pause();
    }

    private void resume() {
        FaultyRedis.server.resume();
        paused = false;
    }

    private static void miss(Response answer) {
        answer.then().statusCode(404).contentType("application/problem+json").body("code", equalTo("cache-miss"))
                .header("Cache-Status", AWAY).header("Cache-Lease", (String) null);
    }

    private static void unavailable(Response answer) {
        answer.then().statusCode(503).contentType("application/problem+json")
                .body("code", equalTo("redis-unavailable")).header("Retry-After", notNullValue());
    }

    private static Response put(String key) {
        return given().contentType("text/plain").body("x").put("/v1/cache/faults/" + key);
    }

    private static Response get(String key) {
        return given().get("/v1/cache/faults/" + key);
    }

    private CompletableFuture<HttpResponse<String>> later(String key) {
        return client.sendAsync(HttpRequest.newBuilder(URI.create(entries + key)).build(), BodyHandlers.ofString());
    }
}
