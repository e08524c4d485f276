package dev.millrace.edge;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.CACHER;
import static dev.millrace.Api.COMMANDER;
import static dev.millrace.Api.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

import dev.millrace.edge.Sockets.Answer;

/**
 * Guarantees about large bodies: those that do not fit into the memory for them are refused unread, those that wait take nothing from
 * small ones, memory is given back however a request ends, and what is inflated arrives whole. The tests' service has 16 MB for
 * requests and for responses, and inflates 4 entries at once.
 */
@QuarkusTest
class LargeBodiesTest {

    private static final int MB = 1024 * 1024;
    private static final String OCTETS = "application/octet-stream";

    @TestHTTPResource(value = "/metrics", management = true)
    URI metrics;

    URI metrics() {
        return metrics;
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT /v1/cache/edge/announced HTTP/1.1", "POST /redis/set/announced HTTP/1.1"})
    void bodiesThatAreAnnouncedBeyondTheBudgetAreRefusedUnread(String line) throws IOException {
        eventually().until(() -> metric("millrace_memory_requests_bytes ") == 0);
        String fields = "Content-Length: " + 8 * MB + "\r\nContent-Type: " + OCTETS + "\r\n";
        List<Socket> announced = new ArrayList<>();
        try {
            // One key gets half.
            for (String key : List.of(ADMIN, line.contains("redis") ? COMMANDER : CACHER)) {
                announced.add(Sockets.open(port(), line, key, fields));
            }
            eventually().until(() -> metric("millrace_memory_requests_bytes ") == 16 * MB);
            try (Socket refused = Sockets.open(port(), line, ADMIN, fields)) {
                Answer answer = Sockets.answer(refused, false);
                assertEquals(503, answer.status(), answer.toString());
                assertTrue(answer.has("retry-after: 1") && answer.has("connection: close"), answer.toString());
            }
            assertEquals(204, put("small", new byte[16 * 1024]).status());
        } finally {
            for (Socket socket : announced) {
                socket.close();
            }
        }
        eventually().until(() -> metric("millrace_memory_requests_bytes ") == 0);
        store("large", random(8 * MB));
        eventually().until(() -> metric("millrace_memory_requests_bytes ") == 0);
        eventually().until(() -> metric("http_server_active_requests ") == 0);
    }

    @Test
    void bodiesOfUnknownLengthTakeMemoryAsTheyArrive() throws IOException {
        eventually().until(() -> metric("millrace_memory_requests_bytes ") == 0);
        byte[] body = random(3 * MB);
        eventually().until(() -> chunked("/v1/cache/edge/chunked", body).status() == 204);
        assertArrayEquals(body, read("/v1/cache/edge/chunked", "").body());
        eventually().until(() -> metric("millrace_memory_requests_bytes ") == 0);
        try (Socket announced = Sockets.open(port(), "PUT /v1/cache/edge/other HTTP/1.1", ADMIN,
                "Content-Length: " + 9 * MB + "\r\n");
                Socket second = Sockets.open(port(), "PUT /v1/cache/edge/other HTTP/1.1", CACHER,
                        "Content-Length: " + 6 * MB + "\r\n")) {
            eventually().until(() -> metric("millrace_memory_requests_bytes ") == 15 * MB);
            Answer refused = chunked("/v1/cache/edge/chunked", body);
            assertEquals(503, refused.status(), refused.toString());
            assertTrue(announced.isConnected() && second.isConnected());
        }
        eventually().until(() -> metric("millrace_memory_requests_bytes ") == 0);
    }

    @Test
    void strangersTakeNoMemory() throws IOException {
        eventually().until(() -> metric("millrace_memory_requests_bytes ") == 0);
        try (Socket stranger = Sockets.open(port(), "PUT /v1/cache/edge/k HTTP/1.1", "mr_nobody_x",
                "Content-Length: " + 8 * MB + "\r\n")) {
            assertEquals(401, Sockets.answer(stranger, false).status());
            assertEquals(0, metric("millrace_memory_requests_bytes "));
        }
    }

    @Test
    void batchesOfJobsAreEnqueuedWhole() throws IOException {
        String job = "{'type':'t','data':'" + "x".repeat(200_000) + "'}";
        byte[] body = json("{'jobs':[" + job + "," + job + "]}").getBytes(ISO_8859_1);
        Answer answer = Sockets.send(port(), "POST", "/v1/queues/edge-bodies/jobs", ADMIN, "application/json", body);
        assertEquals(201, answer.status(), answer.toString());
        eventually().until(() -> metric("millrace_memory_requests_bytes ") == 0);
    }

    /** With and without a query: the fast path, and the REST layer. */
    @ParameterizedTest
    @ValueSource(strings = {"", "?lease=1s"})
    void largeEntriesAreReadAsTheyWereStored(String query) throws IOException {
        byte[] body = random(3 * MB);
        store("stored", body);
        Answer read = read("/v1/cache/edge/stored" + query, "");
        assertTrue(read.has("content-length: " + body.length), read.head());
        assertArrayEquals(body, read.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?lease=1s"})
    void aLargeEntryIsInflatedWhileItIsSent(String query) throws IOException {
        byte[] body = text(20 * MB);
        storeGzip("inflated", body);
        String path = "/v1/cache/edge/inflated" + query;
        Answer read = read(path, "Accept-Encoding: identity\r\n");
        assertTrue(read.has("transfer-encoding: chunked"), read.head());
        assertArrayEquals(body, read.body());
        Answer head;
        try (Socket socket = Sockets.open(port(), "HEAD " + path + " HTTP/1.1", ADMIN, "")) {
            head = Sockets.answer(socket, true);
        }
        assertEquals(200, head.status());
        try (Socket socket = Sockets.open(port(), "GET " + path + " HTTP/1.0", ADMIN, "Connection: keep-alive\r\n")) {
            Answer old = Sockets.answer(socket, false);
            assertTrue(!old.head().contains("transfer-encoding") && !old.head().contains("content-length"), old.head());
            assertArrayEquals(body, old.body());
        }
        eventually().until(() -> metric("millrace_memory_responses_bytes ") == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?lease=1s"})
    void asManyAreInflatedAtOnceAsMayBe(String query) throws IOException {
        storeGzip("slow", text(30 * MB));
        eventually().until(() -> metric("http_server_active_requests ") == 0);
        eventually().until(() -> statusesOfSlowReaders("/v1/cache/edge/slow" + query, 8)
                .containsAll(Set.of(200, 503)));
        eventually().until(() -> metric("http_server_active_requests ") == 0);
        for (int i = 0; i < 8; i++) {
            read("/v1/cache/edge/slow" + query, "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?lease=1s"})
    void asManyLargeEntriesAreReadAtOnceAsMayBe(String query) throws IOException {
        store("wide", random(8 * MB));
        eventually().until(() -> metric("millrace_memory_responses_bytes ") == 0);
        eventually().until(() -> statusesOfSlowReaders("/v1/cache/edge/wide" + query, 6)
                .containsAll(Set.of(200, 503)));
        eventually().until(() -> metric("millrace_memory_responses_bytes ") == 0);
        eventually().until(() -> metric("http_server_active_requests ") == 0);
        read("/v1/cache/edge/wide" + query, "");
    }

    @Test
    void readersThatGiveUpBeforeTheResponseGiveTheirMemoryBack() throws IOException {
        store("missed", random(8 * MB));
        eventually().until(() -> metric("millrace_memory_responses_bytes ") == 0);
        try (RawHttp2 http2 = new RawHttp2(URI.create(RestAssured.baseURI + ":" + RestAssured.port))) {
            for (int i = 0; i < 100; i++) {
                RawHttp2.Stream stream = http2.get("/v1/cache/edge/missed", "authorization", "Bearer " + ADMIN);
                // At each time from when Redis is asked until the response has begun.
                for (int turn = 0; turn < i % 20; turn++) {
                    http2.ping();
                }
                http2.reset(stream, RawHttp2.CANCEL);
            }
            http2.ping();
        }
        eventually().until(() -> metric("millrace_memory_responses_bytes ") == 0);
    }

    @Test
    void aReaderThatDoesNotReadIsDisconnected() throws IOException {
        store("unread", random(8 * MB));
        List<Socket> deaf = new ArrayList<>();
        try {
            eventually().until(() -> {
                deaf.add(Sockets.open(port(), "GET /v1/cache/edge/unread HTTP/1.1", ADMIN, ""));
                return metric("millrace_memory_responses_bytes ") >= 8 * MB;
            });
            eventually().until(() -> metric("millrace_memory_responses_bytes ") == 0);
        } finally {
            for (Socket socket : deaf) {
                socket.close();
            }
        }
        eventually().until(() -> metric("http_server_active_requests ") == 0);
    }

    /** Sends so many requests before any response is read, and reads no more than the head. */
    private static Set<Integer> statusesOfSlowReaders(String path, int readers) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        Set<Integer> statuses = new TreeSet<>();
        try {
            for (int i = 0; i < readers; i++) {
                sockets.add(Sockets.open(port(), "GET " + path + " HTTP/1.1", ADMIN, ""));
            }
            for (Socket socket : sockets) {
                statuses.add(Sockets.answer(socket, true).status());
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        return statuses;
    }

    private static Answer get(String path, String fields) throws IOException {
        try (Socket socket = Sockets.open(port(), "GET " + path + " HTTP/1.1", ADMIN, fields)) {
            return Sockets.answer(socket, false);
        }
    }

    /** Reads until Redis answers in time, which it may not where the machine is busy. */
    private static Answer read(String path, String fields) {
        return eventually().until(() -> get(path, fields), answer -> answer.status() == 200);
    }

    private static void store(String key, byte[] body) {
        eventually().until(() -> put(key, body).status() == 204);
    }

    private static Answer put(String key, byte[] body) throws IOException {
        return Sockets.send(port(), "PUT", "/v1/cache/edge/" + key, ADMIN, OCTETS, body);
    }

    private static void storeGzip(String key, byte[] body) throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(body);
        }
        try (Socket socket = Sockets.open(port(), "PUT /v1/cache/edge/" + key + " HTTP/1.1", ADMIN,
                "Content-Encoding: gzip\r\nContent-Type: text/plain\r\nContent-Length: " + gzip.size() + "\r\n")) {
            socket.getOutputStream().write(gzip.toByteArray());
            assertEquals(204, Sockets.answer(socket, false).status());
        }
    }

    private static Answer chunked(String path, byte[] body) throws IOException {
        try (Socket socket = Sockets.open(port(), "PUT " + path + " HTTP/1.1", ADMIN,
                "Content-Type: " + OCTETS + "\r\nTransfer-Encoding: chunked\r\n")) {
            OutputStream out = socket.getOutputStream();
            for (int at = 0; at < body.length; at += 65536) {
                int n = Math.min(65536, body.length - at);
                out.write((Integer.toHexString(n) + "\r\n").getBytes(ISO_8859_1));
                out.write(body, at, n);
                out.write("\r\n".getBytes(ISO_8859_1));
            }
            out.write("0\r\n\r\n".getBytes(ISO_8859_1));
            return Sockets.answer(socket, false);
        }
    }

    private static byte[] random(int bytes) {
        byte[] body = new byte[bytes];
        new Random(bytes).nextBytes(body);
        return body;
    }

    /** Bytes that compress well, but no two pieces of which are the same. */
    private static byte[] text(int bytes) {
        byte[] body = new byte[bytes];
        for (int i = 0; i < bytes; i += 4096) {
            byte[] number = Integer.toString(i).getBytes(ISO_8859_1);
            System.arraycopy(number, 0, body, i, number.length);
        }
        return body;
    }

    private static int port() {
        return RestAssured.port;
    }

    private double metric(String name) {
        return RestAssured.get(metrics()).asString().lines().filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }
}
