package dev.millrace.session;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.restassured.RestAssured;

/** Listens to the events of a tenant, over a connection of its own. */
public final class EventStream implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** An event as it came. */
    public record Event(String id, String name, JsonNode data) {

        /** A member of the data; null if it has none of that name. */
        public String get(String member) {
            return data.path(member).textValue();
        }

        /** What happened to what, such as {@code session.revoked 3x5... logout}. */
        public String summary() {
            List<String> parts = new ArrayList<>(List.of(name));
            Stream.of("sessionId", "family", "reason", "except").map(this::get).filter(part -> part != null)
                    .forEach(parts::add);
            return String.join(" ", parts);
        }
    }

    private final HttpResponse<InputStream> response;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private volatile boolean spoken;
    private volatile boolean ended;

    /**
     * Begins to listen; hears all that happens after this.
     *
     * @param after the id of the last event that was heard; null for none
     */
    public EventStream(String key, String after) {
        // Listeners of tests before may still be about to leave.
        this(await().atMost(PATIENCE).until(() -> ask(key, after), answer -> answer.statusCode() != 429));
    }

    private EventStream(HttpResponse<InputStream> response) {
        this.response = response;
        assertEquals(200, response.statusCode());
        assertEquals("text/event-stream", response.headers().firstValue("Content-Type").orElse("").split(";")[0]);
        Thread reader = new Thread(this::read, "events");
        reader.setDaemon(true);
        reader.start();
        await().atMost(PATIENCE).until(() -> spoken);
    }

    /** Begins to listen unless there are too many listeners. */
    public static Optional<EventStream> ifThereIsRoom(String key) {
        HttpResponse<InputStream> answer = ask(key, null);
        return answer.statusCode() == 429 ? Optional.empty() : Optional.of(new EventStream(answer));
    }

    /** The problem that one who may not listen is answered with, in that status. */
    public static JsonNode refusal(int status, String key, String after) {
        HttpResponse<InputStream> answer = ask(key, after);
        try (InputStream body = answer.body()) {
            assertEquals(status, answer.statusCode());
            assertEquals("application/problem+json", answer.headers().firstValue("Content-Type").orElse(""));
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpResponse<InputStream> ask(String key, String after) {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://localhost:" + RestAssured.port + "/v1/sessions/events"))
                .header("Authorization", "Bearer " + key).timeout(PATIENCE);
        try {
            return CLIENT.send((after == null ? request : request.header("Last-Event-ID", after)).build(),
                    BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** All that was heard so far. */
    public List<Event> events() {
        return List.copyOf(events);
    }

    /** What was heard so far about users whose id begins so. */
    public List<Event> about(String user) {
        return events.stream().filter(event -> event.get("userId").startsWith(user)).toList();
    }

    /** What was heard about such users, as soon as it is so many events or more. */
    public List<Event> hear(String user, int count) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(
                () -> assertTrue(about(user).size() >= count,
                        () -> count + " of " + user + ", but heard " + about(user)));
        return about(user);
    }

    /** Whether the service has ended the stream. */
    public boolean hasEnded() {
        return ended;
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String id = null;
            String name = null;
            String data = null;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                spoken = true;
                String value = line.substring(line.indexOf(':') + 1).strip();
                if (line.startsWith("id:")) {
                    id = value;
                } else if (line.startsWith("event:")) {
                    name = value;
                } else if (line.startsWith("data:")) {
                    data = data == null ? value : data + "\n" + value;
                } else if (line.isEmpty() && data != null) {
                    events.add(new Event(id, name, JSON.readTree(data)));
                    data = null;
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
