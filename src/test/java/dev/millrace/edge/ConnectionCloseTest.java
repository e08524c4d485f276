package dev.millrace.edge;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.policy;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

import dev.millrace.edge.RawHttp1.Response;

/**
 * Guarantees of when a connection ends: after a response with {@code Connection: close}, and only then. A proxy that keeps connections
 * for the requests of others depends on it.
 */
@QuarkusTest
class ConnectionCloseTest {

    private static final String KEY = "Authorization: Bearer " + ADMIN + "\r\n";
    private static final String WRONG_KEY = "Authorization: Bearer mr_admin_x\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final int LARGE = 6_000_000;
    private static final String FORM = "Content-Type: multipart/form-data; boundary=x\r\n";

    /** Refusals of bodies that are too large to be read and dropped, announced or not. */
    static Stream<Arguments> refusalsOfLargeBodies() {
        return Stream.of(
                Arguments.of("/v1/ratelimit/check", KEY + JSON, 413), Arguments.of("/redis", KEY, 413),
                Arguments.of("/v1/ratelimit/check", WRONG_KEY + JSON, 413), Arguments.of("/redis", WRONG_KEY, 401),
                Arguments.of("/v1/queues/a/jobs", KEY + FORM, 413), Arguments.of("/v1/oauth/token", KEY + FORM, 413),
                Arguments.of("/v1/nothing", KEY, 413), Arguments.of("/", "", 413));
    }

    @ParameterizedTest
    @MethodSource("refusalsOfLargeBodies")
    void anAnnouncedBodyThatIsRefusedEndsTheConnection(String path, String fields, int status) throws IOException {
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            connection.send(post(path, fields + "Content-Length: 20000000\r\n", "{"));

            assertLast(connection, status);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/ratelimit/check", "/redis", "/v1/queues/a/jobs"})
    void aChunkedBodyThatTurnsOutTooLargeEndsTheConnection(String path) throws IOException {
        String chunk = "100000\r\n" + " ".repeat(1 << 20) + "\r\n";
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            connection.send(post(path, KEY + JSON + "Transfer-Encoding: chunked\r\n", ""));
            for (int i = 0; i < 11; i++) {
                connection.send(chunk);
            }

            Response response = connection.read();
            assertEquals(413, response.status(), response.text());
            assertEquals("close", response.value("Connection"));
            assertTrue(connection.isAtEnd());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/ratelimit/check", "/redis"})
    void aRefusalBeforeTheBodyWasAskedForEndsTheConnection(String path) throws IOException {
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            connection.send(post(path, WRONG_KEY + JSON + "Expect: 100-continue\r\nContent-Length: 10\r\n", ""));

            assertLast(connection, 401);
        }
    }

    /** Refusals of small bodies, which arrive behind the head: the connection is used again. */
    @ParameterizedTest
    @ValueSource(strings = {"/v1/ratelimit/check", "/redis", "/v1/nothing", "/v1/sessions", "/v1//x", "/v1/cache/a",
            "/v1/oauth/token"})
    void aRefusalOfASmallBodyLeavesTheConnectionUsable(String path) throws IOException {
        String policy = policy("fixed-window", 1);
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            for (int i = 0; i < 3; i++) {
                connection.send(post(path, WRONG_KEY + JSON + "Content-Length: 60000\r\n", ""));
                Response refusal = connection.read();
                assertTrue(refusal.status() >= 400, refusal.text());
                assertEquals("", refusal.value("Connection"));
                connection.send(" ".repeat(60_000));
            }
            connection.send("POST /v1/ratelimit/" + policy + "/a HTTP/1.1\r\nHost: a\r\n" + KEY + "\r\n");
            assertEquals(200, connection.read().status());
        }
    }

    @Test
    void problemsWithCompleteRequestsLeaveTheConnectionUsable() throws IOException {
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            for (String[] request : new String[][]{{"/v1/ratelimit/check", KEY + JSON, "{", "400"},
                    {"/v1/ratelimit/check", KEY, "{}", "415"}, {"/v1/nothing", KEY + JSON, "{}", "404"},
                    {"/v1/ratelimit/check", WRONG_KEY + JSON, "{}", "401"}, {"/redis", KEY, "[]", "400"},
                    {"/redis", WRONG_KEY, "[]", "401"}, {"/q/openapi", "", "{}", "405"}}) {
                connection.send(post(request[0], request[1] + "Content-Length: " + request[2].length() + "\r\n",
                        request[2]));
                Response response = connection.read();
                assertEquals("", response.value("Connection"));
                assertFalse(response.text().isEmpty(), request[0]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE, close\r\n\r\n",
            "HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Close\r\n\r\n", "HTTP/1.0\r\nHost: a\r\n\r\n"})
    void aClientThatAsksForTheEndGetsIt(String rest) throws IOException {
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            connection.send("GET /v1/nothing " + rest + "GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n");

            assertEquals(404, connection.read().status());
            assertTrue(connection.isAtEnd());
        }
    }

    /** Two that wait for Redis at the same time. */
    @Test
    void nothingBehindTheLastRequestIsServed() throws IOException {
        String policy = policy("fixed-window", 3);
        String last = "POST /v1/ratelimit/" + policy + "/a HTTP/1.1\r\nHost: a\r\n" + KEY
                + "TE: trailers\r\nConnection: TE, close\r\nContent-Length: 0\r\n\r\n";
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            connection.send(last + last);

            assertLast(connection, 200);
        }
        as(ADMIN).get("/v1/ratelimit/" + policy + "/a").then().body("remaining", equalTo(2));
    }

    /** More than the sockets hold, so that most of it waits in the service when the response has ended there. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", "HTTP/1.0\r\nHost: a\r\n"})
    void aLargeResponseIsCompleteBeforeTheEnd(String rest) throws IOException {
        String body = "[\"ECHO\",\"" + "x".repeat(LARGE) + "\"]";
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            connection.send("POST /redis " + rest + KEY + "Content-Length: " + body.length() + "\r\n\r\n" + body);

            assertLarge(connection, 500);
        }
    }

    /** Both in front of the end, and with a body that the service does not wait for. */
    @ParameterizedTest
    @ValueSource(strings = {"\r\nGET /v1/nothing HTTP/7.7\r\n\r\n", "Content-Length: 1000000\r\n\r\n"})
    void aLargeResponseIsCompleteBeforeTheConnectionLingers(String rest) throws IOException {
        String key = "large-" + UUID.randomUUID();
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            String body = "[\"SET\",\"" + key + "\",\"" + "x".repeat(LARGE) + "\",\"EX\",\"60\"]";
            connection.send(post("/redis", KEY + "Content-Length: " + body.length() + "\r\n", body));
            assertEquals(200, connection.read().status());
        }
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            connection.send("GET /redis/get/" + key + " HTTP/1.1\r\nHost: a\r\n" + KEY + rest);

            // Longer than the service waits for the end of a client that has taken the response.
            assertLarge(connection, 6000);
        }
    }

    /** The client takes its time, in ms, so that the response has ended in the service long before it has arrived. */
    private static void assertLarge(RawHttp1 connection, long pause) throws IOException {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
        Response response = connection.read();
        assertEquals(200, response.status(), response.text());
        assertEquals(LARGE, response.json().path("result").asText().length());
    }

    private static String post(String path, String fields, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
    }

    private static void assertLast(RawHttp1 connection, int status) throws IOException {
        Response response = connection.read();
        assertEquals(status, response.status(), response.text());
        assertEquals("close", response.value("Connection"));
        assertFalse(response.text().isEmpty());
        assertTrue(connection.isAtEnd());
    }
}
