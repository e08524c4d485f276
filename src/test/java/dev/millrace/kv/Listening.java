package dev.millrace.kv;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.core.ConditionFactory;

import io.restassured.RestAssured;

/** Follows channels, or what Redis does, over a connection of its own. */
public final class Listening implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpResponse<InputStream> response;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private volatile boolean ended;

    /** @param path such as {@code /subscribe/channel} */
    public Listening(String key, String path) {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://localhost:" + RestAssured.port + "/redis" + path))
                .header("Accept", "text/event-stream").POST(HttpRequest.BodyPublishers.noBody()).timeout(PATIENCE);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            response = CLIENT.send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        if (response.statusCode() == 200) {
            assertEquals("text/event-stream", response.headers().firstValue("Content-Type").orElse(""));
        }
        Thread reader = new Thread(this::read, "listening");
        reader.setDaemon(true);
        reader.start();
    }

    /** Once the first thing was told, which for channels is that they are followed. */
    public Listening ready() {
        assertEquals(200, status());
        eventually().until(() -> !lines.isEmpty());
        return this;
    }

    public int status() {
        return response.statusCode();
    }

    /** All lines so far, but for empty ones. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Waits for a line. */
    public void hears(String line) {
        eventually().untilAsserted(() -> assertEquals(true, lines.contains(line), () -> line + " is not in " + lines));
    }

    /** Whether the service has ended the stream. */
    public boolean hasEnded() {
        return ended;
    }

    static ConditionFactory eventually() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20));
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isEmpty()) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            // Closed, by either side.
        }
        ended = true;
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
