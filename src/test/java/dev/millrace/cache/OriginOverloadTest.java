package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.CACHE_READER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;

import dev.millrace.cache.StubOrigin.Answer;

/**
 * While a key's part of the memory for bodies is in use, its reads of large answers of origins are refused and can be repeated; those
 * of other keys are not. The tests' service has 16 MB, of which a key gets half.
 */
@QuarkusTest
class OriginOverloadTest {

    private static final int MB = 1024 * 1024;

    private final StubOrigin origin = new StubOrigin();
    private final String region = "overload-" + UUID.randomUUID();

    @TestHTTPResource(value = "/metrics", management = true)
    URI metrics;

    @BeforeEach
    void define() {
        as(ADMIN, json("{'origin':'" + origin.template() + "','ttl':'1s','sie':'1h'}"))
                .put("/v1/cache/regions/" + region).then().statusCode(201);
        eventually().until(() -> inUse() == 0);
    }

    @AfterEach
    void close() {
        origin.close();
        eventually().until(() -> inUse() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age=60", "no-store"})
    void onlyTheKeyWithoutMemoryIsRefused(String cacheControl) throws IOException {
        origin.on("large", new Answer(200, new byte[3 * MB], "Cache-Control", cacheControl));
        origin.on("small", Answer.ok("small"));
        try (Socket sending = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port)) {
            announce(sending, 8 * MB);
            read(ADMIN, "large").then().statusCode(503).header("Retry-After", "1").body("code", equalTo("overloaded"))
                    .body("detail", containsString("busy with large bodies"));
            read(ADMIN, "small").then().statusCode(200).body(equalTo("small"));
            eventually().until(() -> read(CACHE_READER, "large").statusCode() == 200);
        }
        eventually().until(() -> read(ADMIN, "large").statusCode() == 200);
    }

    @Test
    void anEntryThatIsKeptForErrorsIsServedInstead() throws IOException {
        origin.on("stale", Answer.ok("before"));
        read(ADMIN, "stale").then().statusCode(200);
        origin.on("stale", new Answer(200, new byte[3 * MB]));
        try (Socket sending = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port)) {
            announce(sending, 8 * MB);
            eventually().until(() -> read(ADMIN, "stale").header("Cache-Status").contains("stale-if-error"));
            read(ADMIN, "stale").then().statusCode(200).body(equalTo("before"));
        }
        eventually().until(() -> read(ADMIN, "stale").asByteArray().length == 3 * MB);
    }

    private void announce(Socket sending, int bytes) throws IOException {
        sending.getOutputStream()
                .write(("PUT /v1/cache/" + region + "/sent HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                        + ADMIN + "\r\nContent-Length: " + bytes + "\r\n\r\n").getBytes(ISO_8859_1));
        eventually().until(() -> inUse() == bytes);
    }

    private Response read(String key, String entry) {
        return as(key).get("/v1/cache/{region}/{key}", region, entry);
    }

    private double inUse() {
        return RestAssured.get(metrics).asString().lines()
                .filter(line -> line.startsWith("millrace_memory_requests_bytes "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }
}
