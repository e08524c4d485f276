package dev.millrace.http.problem;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.LIMITER;
import static dev.millrace.Api.READER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.policy;
import static io.restassured.RestAssured.config;
import static io.restassured.RestAssured.given;
import static io.restassured.config.EncoderConfig.encoderConfig;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;

/**
 * Guarantees for requests that reach no resource, or the wrong one: paths, methods, media types, sizes and paging that are
 * not served are answered with a problem of the right status, like everything else.
 */
@QuarkusTest
class ProblemsTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1", "/v1/nothing", "/v1/ratelimit", "/v2/ratelimit/a/b",
            "/favicon.ico", "/v1/ratelimit/a/b/c", "/v1/ratelimit/a/b/c/d/e", "/%00", "/%F0%9F%92%A7",
            "/q/nothing"})
    void unknownPathsAreNotFound(String path) {
        problem(raw().get(path), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/", "/v1/ratelimit/", "/v1/ratelimit/a/../../nothing", "/v1/ratelimit//b",
            "//v1/ratelimit/a/b",
            "/v1/ratelimit/a/b/", "/v1/ratelimit/a/b;c", "/v1/ratelimit/a/b;x=1", "/v1/ratelimit/a/b%FF",
            "/v1/ratelimit/a/%ED%A0%80", "/v1/ratelimit/a/./b"})
    void pathsThatCouldBeReadInTwoWaysAreRefused(String path) throws IOException {
        for (String method : new String[]{"GET", "POST"}) {
            String answer = exchange(
                    method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ADMIN
                            + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertTrue(answer.contains("\"code\":\"invalid-request\""), answer);
        }
    }

    @Test
    void aDotSegmentIsNoIdentifier() throws IOException {
        String policy = policy("fixed-window", 3);
        for (String dots : new String[]{"..", "%2e%2e", "%2E%2E", ".", "../" + policy}) {
            String answer = exchange("POST /v1/ratelimit/" + policy + "/" + dots + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Authorization: Bearer " + ADMIN + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            assertTrue(answer.matches("(?s)HTTP/1.1 40[045] .*"), answer);
            assertTrue(answer.contains("application/problem+json"), answer);
        }
    }

    @Test
    void methodsThatAreNotServedAreNamed() {
        String policy = policy("fixed-window", 3);
        problem(as(ADMIN).patch("/v1/ratelimit/" + policy + "/u"), 405, "method-not-allowed")
                .header("Allow", allOf(containsString("POST"), containsString("GET"), containsString("DELETE")));
        problem(as(ADMIN).post("/v1/ratelimit/policies"), 405, "method-not-allowed")
                .header("Allow", containsString("GET"));
        problem(as(ADMIN).delete("/v1/ratelimit/check"), 405, "method-not-allowed")
                .header("Allow", containsString("POST"));
        problem(as(ADMIN).put("/v1/ratelimit/" + policy + "/authorize"), 405, "method-not-allowed");
    }

    @Test
    void otherMediaTypesAreNotSupported() {
        String policy = policy("fixed-window", 3);
        for (String type : new String[]{"text/plain", "application/x-www-form-urlencoded", "application/xml",
                "nonsense",
                "application/"}) {
            problem(as(LIMITER)
                    .config(config.encoderConfig(encoderConfig().encodeContentTypeAs(type, ContentType.TEXT)))
                    .header("Content-Type", type).body("{\"cost\":1}")
                    .post("/v1/ratelimit/" + policy + "/u"), 415, "unsupported-media-type");
        }
        as(LIMITER).get("/v1/ratelimit/" + policy + "/u").then().body("remaining", equalTo(3));
        as(LIMITER).contentType("application/json; charset=utf-8").body("{\"cost\":1}")
                .post("/v1/ratelimit/" + policy + "/u").then().statusCode(200);
    }

    @Test
    void whoAcceptsOnlyOtherMediaTypesGetsJsonOrIsToldSo() {
        String policy = policy("fixed-window", 3);
        String path = "/v1/ratelimit/" + policy + "/u";
        problem(as(LIMITER).accept("text/html").get(path), 406, "not-acceptable");
        as(LIMITER).accept("text/html, */*;q=0.1").get(path).then().statusCode(200).contentType("application/json");
        as(LIMITER).accept("application/problem+json, application/json").get(path).then().statusCode(200);
        problem(as(LIMITER).accept("text/html").get("/v1/nothing"), 404, "not-found");
        problem(as(LIMITER).accept("application/json").get("/v1/ratelimit/nowhere/u"), 404, "policy-unknown");
    }

    @Test
    void aBodyOverTheLimitIsTooLarge() throws IOException {
        String policy = policy("fixed-window", 3);
        String answer = exchange("POST /v1/ratelimit/" + policy + "/u HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: Bearer " + ADMIN + "\r\nContent-Type: application/json\r\nContent-Length: "
                + 11 * 1024 * 1024 + "\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
        assertTrue(answer.toLowerCase(Locale.ROOT).contains("content-type: application/problem+json"), answer);
        assertTrue(answer.contains("\"code\":\"too-large\""), answer);
        as(LIMITER).get("/v1/ratelimit/" + policy + "/u").then().body("remaining", equalTo(3));
    }

    /** The answer must not be lost in a reset: the client learns of it when it has sent everything. */
    @Test
    void whoSendsABodyOverTheLimitGetsTheAnswer() throws IOException {
        for (int i = 0; i < 10; i++) {
            try (Socket socket = new Socket("localhost", RestAssured.port)) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream()
                        .write(("POST /v1/ratelimit/p/u HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                + ADMIN + "\r\nContent-Type: application/json\r\nContent-Length: " + 16 * 1024 * 1024
                                + "\r\n\r\n").getBytes(US_ASCII));
                for (int sent = 0; sent < 16; sent++) {
                    socket.getOutputStream().write(new byte[1024 * 1024]);
                }
                String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
                assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
                assertTrue(answer.contains("\"code\":\"too-large\""), answer);
            }
        }
    }

    /** By then Quarkus answers, without a body. */
    @Test
    void aBodyThatTurnsOutToBeOverTheLimitIsTooLarge() {
        String policy = policy("fixed-window", 3);
        InputStream endless = new SequenceInputStream(new ByteArrayInputStream("{\"cost\":1}".getBytes(US_ASCII)),
                new ByteArrayInputStream(" ".repeat(10 * 1024 * 1024).getBytes(US_ASCII)));
        HttpRequest request = HttpRequest.newBuilder(URI.create(RestAssured.baseURI + ":" + RestAssured.port
                + "/v1/ratelimit/" + policy + "/u")).header("Authorization", "Bearer " + ADMIN)
                .header("Content-Type", "application/json").POST(BodyPublishers.ofInputStream(() -> endless)).build();
        HttpResponse<String> response = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()
                .sendAsync(request, BodyHandlers.ofString()).join();
        assertEquals(413, response.statusCode());
        as(LIMITER).get("/v1/ratelimit/" + policy + "/u").then().body("remaining", equalTo(3));
    }

    /** What the server cannot even parse never reaches Millrace: the right status, without a body. */
    @Test
    void whatIsNotHttpIsRefused() throws IOException {
        Map<String, Integer> requests = Map.of("GET /v1/ratelimit/a/% HTTP/1.1\r\nHost: localhost\r\n", 400,
                "GET /v1/ratelimit/a/%zz HTTP/1.1\r\nHost: localhost\r\n", 400,
                "GET /v1/ratelimit/a/b HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n", 400,
                "GET /v1/ratelimit/a/" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: localhost\r\n", 414,
                "GET /v1/ratelimit/a/b HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(30_000) + "\r\n", 431);
        for (Map.Entry<String, Integer> request : requests.entrySet()) {
            String answer = exchange(request.getKey() + "Connection: close\r\n\r\n");
            assertTrue(answer.matches("(?s)HTTP/1\\.[01] " + request.getValue() + " .*"), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=-1", "limit=501", "limit=abc", "limit=1.5", "limit=99999999999",
            "cursor=%2A%2A", "cursor=a", "cursor=%F0%9F%92%A7"})
    void pagingOutOfBoundsIsNamed(String query) {
        problem(raw().get("/v1/ratelimit/policies?" + query), 400, "invalid-request").body("violations.field",
                contains(query.substring(0, query.indexOf('='))));
    }

    @Test
    void problemsNameThePath() {
        given().get("/v1/ratelimit/policies?limit=1").then().statusCode(401).body("instance",
                equalTo("/v1/ratelimit/policies"));
        as(READER).get("/v1/nothing").then().body("instance", equalTo("/v1/nothing"));
    }

    private static io.restassured.specification.RequestSpecification raw() {
        return as(ADMIN).urlEncodingEnabled(false);
    }

    private static ValidatableResponse problem(Response response, int status, String code) {
        return response.then().statusCode(status).contentType("application/problem+json")
                .body("status", equalTo(status)).body("code", equalTo(code));
    }

    /** Sends bytes that no client library would and reads all that comes back. */
    private static String exchange(String request) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
