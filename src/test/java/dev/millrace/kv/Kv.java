package dev.millrace.kv;

import static dev.millrace.Api.COMMANDER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.restassured.RestAssured;

/** Redis over HTTP, as tests call it. */
final class Kv {

    static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What was answered. */
    record Answer(int status, java.net.http.HttpHeaders headers, byte[] bytes) {

        JsonNode json() {
            assertEquals("application/json", headers.firstValue("Content-Type").orElse(""));
            try {
                return JSON.readTree(bytes);
            } catch (IOException e) {
                throw new AssertionError(new String(bytes, StandardCharsets.UTF_8), e);
            }
        }

        /** The result of one command that succeeded. */
        JsonNode result() {
            assertEquals(200, status, () -> json().toString());
            assertTrue(json().has("result") && json().size() == 1, () -> json().toString());
            return json().get("result");
        }

        /** What is said of one command, or of all, that failed in that status. */
        String error(int expected) {
            assertEquals(expected, status, () -> new String(bytes, StandardCharsets.UTF_8));
            assertTrue(json().path("error").isTextual() && json().size() == 1, () -> json().toString());
            return json().get("error").textValue();
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    private Kv() {}

    static String key() {
        return "k-" + UUID.randomUUID();
    }

    /** Sends a request to {@code /redis} and what follows; headers are names and values in turn. */
    static Answer send(String key, String method, String path, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://localhost:" + RestAssured.port + "/redis" + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                .timeout(PATIENCE);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            // The time-out of the request ends with the head of the answer.
            HttpResponse<byte[]> answer = CLIENT.sendAsync(request.build(), BodyHandlers.ofByteArray())
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(answer.statusCode(), answer.headers(), answer.body());
        } catch (ExecutionException e) {
            throw new UncheckedIOException(new IOException(e.getCause()));
        } catch (TimeoutException e) {
            throw new AssertionError(method + " " + path + " does not end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Answer get(String path) {
        return send(COMMANDER, "GET", path, null);
    }

    /** Posts JSON, in which quotes may be single. */
    static Answer post(String path, String json, String... headers) {
        return send(COMMANDER, "POST", path, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Runs one command, whose words are strings or numbers, in the body. */
    static Answer as(String key, Object... words) {
        return send(key, "POST", "", json(List.of(words)));
    }

    static Answer run(Object... words) {
        return as(COMMANDER, words);
    }

    /** The result of one command. */
    static JsonNode result(Object... words) {
        return run(words).result();
    }

    /** Runs several commands; the outcomes in order. */
    static List<JsonNode> pipeline(String key, List<? extends List<?>> commands) {
        Answer answer = send(key, "POST", "/pipeline", json(commands));
        assertEquals(200, answer.status(), () -> answer.json().toString());
        List<JsonNode> outcomes = new ArrayList<>();
        answer.json().forEach(outcomes::add);
        assertEquals(commands.size(), outcomes.size());
        return outcomes;
    }

    static byte[] json(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
