package dev.millrace.edge;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.CACHER;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

import dev.millrace.edge.Sockets.Answer;

/** One key's large bodies leave room for those of the other keys, however many it sends, and however slowly it reads. */
@QuarkusTest
class FairMemoryTest {

    private static final int MB = 1024 * 1024;
    private static final String OCTETS = "application/octet-stream";

    @TestHTTPResource(value = "/metrics", management = true)
    URI metrics;

    @Test
    void aKeyThatSendsSlowlyLeavesHalfToTheOthers() throws IOException {
        eventually().until(() -> metric("millrace_memory_requests_bytes ") == 0);
        byte[] body = random(8 * MB);
        try (Socket slow = Sockets.open(RestAssured.port, "PUT /v1/cache/fair/slow HTTP/1.1", ADMIN,
                "Content-Length: " + 8 * MB + "\r\n")) {
            eventually().until(() -> metric("millrace_memory_requests_bytes ") == 8 * MB);
            assertEquals(503, put(ADMIN, "second", new byte[20 * 1024]).status());
            eventually().until(() -> put(CACHER, "other", body).status() == 204);
            slow.getOutputStream().write(1);
            assertEquals(503, put(ADMIN, "second", new byte[20 * 1024]).status());
        }
        eventually().until(() -> metric("millrace_memory_requests_bytes ") == 0);
        assertArrayEquals(body, eventually().until(() -> get(CACHER, "/v1/cache/fair/other", ""),
                answer -> answer.status() == 200).body());
    }

    /** With and without a query: the fast path, and the REST layer. */
    @ParameterizedTest
    @ValueSource(strings = {"wide", "wide?lease=1s", "slow", "slow?lease=1s"})
    void aKeyThatDoesNotReadLeavesHalfToTheOthers(String entry) throws IOException {
        eventually().until(() -> put(ADMIN, "wide", random(8 * MB)).status() == 204);
        eventually().until(() -> putGzip("slow", new byte[30 * MB]).status() == 204);
        eventually().until(() -> metric("millrace_memory_responses_bytes ") == 0);
        String path = "/v1/cache/fair/" + entry;
        List<Socket> deaf = new ArrayList<>();
        // Those that do not read are disconnected after a while; then it begins again.
        eventually().until(() -> {
            try {
                do {
                    deaf.add(Sockets.open(RestAssured.port, "GET " + path + " HTTP/1.1", ADMIN, ""));
                } while (Sockets.answer(deaf.get(deaf.size() - 1), true).status() == 200);
                int other = headOfGet(CACHER, path);
                return headOfGet(ADMIN, path) == 503 && other == 200;
            } finally {
                for (Socket socket : deaf) {
                    socket.close();
                }
                deaf.clear();
            }
        });
    }

    private static int headOfGet(String key, String path) throws IOException {
        try (Socket socket = Sockets.open(RestAssured.port, "GET " + path + " HTTP/1.1", key, "")) {
            return Sockets.answer(socket, true).status();
        }
    }

    private static Answer get(String key, String path, String fields) throws IOException {
        try (Socket socket = Sockets.open(RestAssured.port, "GET " + path + " HTTP/1.1", key, fields)) {
            return Sockets.answer(socket, false);
        }
    }

    private static Answer put(String key, String entry, byte[] body) throws IOException {
        return Sockets.send(RestAssured.port, "PUT", "/v1/cache/fair/" + entry, key, OCTETS, body);
    }

    private static Answer putGzip(String entry, byte[] body) throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(body);
        }
        try (Socket socket = Sockets.open(RestAssured.port, "PUT /v1/cache/fair/" + entry + " HTTP/1.1", ADMIN,
                "Content-Encoding: gzip\r\nContent-Length: " + gzip.size() + "\r\n")) {
            socket.getOutputStream().write(gzip.toByteArray());
            return Sockets.answer(socket, false);
        }
    }

    private static byte[] random(int bytes) {
        byte[] body = new byte[bytes];
        new Random(bytes).nextBytes(body);
        return body;
    }

    private double metric(String name) {
        return RestAssured.get(metrics).asString().lines().filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }
}
