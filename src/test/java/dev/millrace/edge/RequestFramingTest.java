package dev.millrace.edge;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.policy;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

import dev.millrace.edge.RawHttp1.Response;

/**
 * Guarantees of HTTP/1.1 framing (RFC 9112): where a request breaks the rules, the client gets one problem and the end of the connection,
 * and what it sent behind is not served, because another server may see a request there that this one does not.
 */
@QuarkusTest
class RequestFramingTest {

    private static final String AUTHORIZATION = "Authorization: Bearer " + ADMIN + "\r\n";

    /** A policy that every request behind a refused one would consume from. */
    private static String untouched;

    @TestHTTPResource(value = "/health/live", management = true)
    URI management;

    URI management() {
        return management;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.millrace.edge.MalformedRequests#heads")
    void aMalformedHeadIsTheEnd(String name, int status, String request) throws IOException {
        String policy = untouched();
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            connection.send(request + consume(policy));

            assertRefused(connection, status);
        }
        assertNothingWasConsumed(policy);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.millrace.edge.MalformedRequests#heads")
    void theManagementPortIsAsStrict(String name, int status, String request) throws IOException {
        try (RawHttp1 connection = new RawHttp1(management().getPort())) {
            connection.send(request + "GET " + management().getPath() + " HTTP/1.1\r\nHost: a\r\n\r\n");

            assertRefused(connection, status);
        }
    }

    /** Bodies that a resource reads, that {@code /redis} reads, and that nobody reads. */
    @ParameterizedTest
    @MethodSource("dev.millrace.edge.MalformedRequests#chunks")
    void aMalformedBodyIsTheEnd(String body, int status) throws IOException {
        String policy = untouched();
        for (String path : new String[]{"/v1/ratelimit/check", "/redis", "/v1/nothing"}) {
            try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
                connection.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + AUTHORIZATION
                        + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + body
                        + consume(policy));

                assertRefused(connection, path.equals("/v1/nothing") ? 404 : status);
            }
        }
        assertNothingWasConsumed(policy);
    }

    /** The requests in front of the refused one are answered, in their order. */
    @Test
    void responsesToEarlierRequestsComeFirst() throws IOException {
        String policy = policy("fixed-window", 3);
        String reserve = "POST /v1/queues/" + policy + "/reserve HTTP/1.1\r\nHost: localhost\r\n" + AUTHORIZATION
                + "Content-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"wait\":\"300ms\"}";
        String broken = "POST /v1/ratelimit/check HTTP/1.1\r\nHost: localhost\r\n" + AUTHORIZATION
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n";

        for (String refused : new String[]{"GET /a HTTP/1.1\r\n\r\n", broken}) {
            try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
                connection.send(reserve + consume(policy) + refused + consume(policy));

                assertEquals(200, connection.read().status());
                assertEquals(200, connection.read().status());
                assertRefused(connection, 400);
            }
        }
        as(ADMIN).get("/v1/ratelimit/" + policy + "/a").then().body("remaining", equalTo(1));
    }

    /** A client that sends on gets the response, and no reset. */
    @ParameterizedTest
    @ValueSource(strings = {"GET /a HTTP/1.2\r\n\r\n",
            "POST /redis HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n",
            "POST /v1/nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n"})
    void theResponseArrivesThoughTheClientSendsOn(String request) throws IOException {
        byte[] more = new byte[2_000_000];
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            connection.send(request);
            connection.send(more);

            Response response = connection.read();
            assertTrue(response.status() >= 400, response.toString());
            assertEquals("close", response.value("Connection"));
            assertTrue(connection.isAtEnd());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST %s HTTP/1.1\r\nhost:localhost\r\n%s\r\n",
            "POST %s HTTP/1.1\r\nHost: [::1]:80\r\n%s\r\n",
            "\r\n\r\nPOST %s HTTP/1.1\r\nHost: \t localhost \t\r\n%s\r\n",
            "POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: 00\r\n\r\n",
            "POST %s HTTP/1.1\r\nHost: localhost\r\nX-A: \u00c3\u00a9\t \r\nX-B:\r\n%s\r\n",
            "POST http://other.example%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
            "POST HTTPS://other.example:8080%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"})
    void correctRequestsAreServedOneAfterTheOther(String request) throws IOException {
        String policy = policy("fixed-window", 3);
        String bytes = String.format(request, "/v1/ratelimit/" + policy + "/a", AUTHORIZATION);
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            connection.send(bytes + bytes + bytes + bytes);

            for (int status : new int[]{200, 200, 200, 429}) {
                assertEquals(status, connection.read().status());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%x\r\n%s\r\n0\r\n\r\n", "0%X;a=b;c=\"d;e\"\r\n%s\r\n00\r\n\r\n",
            "%x ;a\r\n%s\r\n0\r\n\r\n",
            "%x\r\n%s\r\n0\r\nX-T: a\r\nX-U: b\r\n\r\n"})
    void correctChunksAreServedOneAfterTheOther(String chunks) throws IOException {
        String policy = policy("fixed-window", 3);
        String body = "{\"checks\":[{\"policy\":\"" + policy + "\",\"identifier\":\"a\"}]}";
        String request = "POST /v1/ratelimit/check HTTP/1.1\r\nHost: localhost\r\n" + AUTHORIZATION
                + "Content-Type: application/json\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + String.format(chunks, body.length(), body);
        try (RawHttp1 connection = new RawHttp1(RestAssured.port)) {
            for (String piece : (request + request + request).split("(?<=\n)")) {
                connection.send(piece);
            }
            for (int remaining = 2; remaining >= 0; remaining--) {
                assertEquals(remaining, connection.read().json().path("results").path(0).path("remaining").intValue());
            }
        }
    }

    private static synchronized String untouched() {
        if (untouched == null) {
            untouched = policy("fixed-window", 3);
        }
        return untouched;
    }

    private static String consume(String policy) {
        return "POST /v1/ratelimit/" + policy + "/a HTTP/1.1\r\nHost: localhost\r\n" + AUTHORIZATION
                + "Content-Length: 0\r\n\r\n";
    }

    private static void assertNothingWasConsumed(String policy) {
        as(ADMIN).get("/v1/ratelimit/" + policy + "/a").then().statusCode(200).body("remaining", equalTo(3));
    }

    static void assertRefused(RawHttp1 connection, int status) throws IOException {
        Response response = connection.read();
        assertEquals(status, response.status(), response.text());
        assertEquals("application/problem+json", response.value("Content-Type"));
        assertEquals("close", response.value("Connection"));
        assertEquals(status, response.json().path("status").intValue());
        assertTrue(connection.isAtEnd());
    }
}
