package dev.millrace.http;

import java.util.Optional;
import java.util.function.Function;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.route.RequestMetrics;
import dev.millrace.metrics.Gauges;

/**
 * Responds with the events of an {@link EventFeed} as server-sent events. An API key and a tenant have only a share of the listeners of
 * this replica. A listener that does not read what was sent is disconnected after {@link ListenerConfig#maxUnreadTime}.
 */
@Singleton
public class EventStreams {

    /** The header field with which a client resumes a stream: the id of the last event it has. */
    public static final String LAST_EVENT_ID = "Last-Event-ID";

    private final ObjectMapper json;
    private final Vertx vertx;
    private final ListenerPlaces places;
    private final long maxUnreadMs;

    EventStreams(ObjectMapper json, Vertx vertx, ListenerConfig config, Gauges gauges) {
        this.json = json;
        this.vertx = vertx;
        this.places = new ListenerPlaces(config.maxListeners(), config.maxListenersPerTenant(),
                config.maxListenersPerKey());
        this.maxUnreadMs = config.maxUnreadTime().toMillis();
        gauges.add("millrace.events.listeners", "Clients that listen to events", places, ListenerPlaces::taken);
    }

    /**
     * A request for a stream.
     *
     * @param tenant of the caller
     * @param keyId of the caller
     * @param lastEventId the header field {@value #LAST_EVENT_ID}; null or empty to begin now
     */
    public record Request(Sse sse, HttpServerRequest http, HttpServerResponse response, String tenant, String keyId,
            String lastEventId) {}

    /**
     * An event as it is sent.
     *
     * @param data written as JSON
     */
    public record SentEvent(String id, @Nullable String type, Object data) {}

    /**
     * Responds with a stream; a heartbeat is a comment.
     *
     * @param position reads an event id, and returns null if it is not one
     * @param follow begins the events after a position; null means now
     * @throws ApiException 400 if the last event id is not one, 429 or 503 if there are too many listeners
     */
    public <P, E> Multi<OutboundSseEvent> respond(Request request, Function<String, P> position,
            Function<P, Multi<Optional<E>>> follow, Function<E, SentEvent> sent) {
        // Filters of the REST layer do not see streams.
        prepare(request.response());
        if (HttpMethod.HEAD.equals(request.http().method()) || request.response().closed()) {
            return Multi.createFrom().empty();
        }
        P after = null;
        if (request.lastEventId() != null && !request.lastEventId().isEmpty()) {
            after = position.apply(request.lastEventId());
            if (after == null) {
                throw ApiException.invalid(LAST_EVENT_ID, "is not the id of an event");
            }
        }
        Multi<OutboundSseEvent> events = follow.apply(after)
                .map(event -> event.map(sent).map(e -> request.sse().newEventBuilder().id(e.id()).name(e.type())
                        .data(text(e.data())).build())
                        .orElseGet(() -> request.sse().newEventBuilder().comment("").build()));
        return new Listener(request.response(), places.take(request.tenant(), request.keyId())).watch(events);
    }

    /** A client that listens. The REST layer requests the next event when the one before has left for the network. */
    private final class Listener {
        private static final int CHECKS = 4;

        private final HttpServerResponse response;
        private final Runnable leave;
        private final Runnable counted = RequestMetrics.ending();
        private final long timer = vertx.setPeriodic(Math.max(1, maxUnreadMs / CHECKS), t -> check());
        /** For how many checks in turn the last event has been unread. */
        private int unread;
        private boolean waits;

        Listener(HttpServerResponse response, Runnable leave) {
            this.response = response;
            this.leave = leave;
        }

        <T> Multi<T> watch(Multi<T> events) {
            return events.onSubscription().invoke(this::endIfClosed).onItem().invoke(() -> waits = true).onRequest()
                    .invoke(() -> {
                        waits = false;
                        unread = 0;
                    }).onTermination().invoke(this::end);
        }

        private void check() {
            endIfClosed();
            if (waits && ++unread > CHECKS) {
                end();
                response.reset();
            }
        }

        /** The REST layer notices a client that disconnects only from when it has subscribed. */
        private void endIfClosed() {
            if (response.closed()) {
                end();
            }
        }

        private void end() {
            vertx.cancelTimer(timer);
            leave.run();
            // The REST layer has its own handler of a client that disconnects, and a write may fail before the response is closed.
            counted.run();
        }
    }

    /** Sets the header fields of a stream: that caches must not store it, and that nginx must not hold events back. */
    public static void prepare(HttpServerResponse response) {
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store").putHeader("X-Accel-Buffering", "no");
    }

    /** As text: of an object, the REST layer would write the media type into the stream, too. */
    private String text(Object data) {
        try {
            return json.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
