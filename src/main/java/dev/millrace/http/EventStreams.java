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
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

import dev.millrace.http.problem.ApiException;

/** Responds with the events of an {@link EventFeed} as server-sent events. */
@Singleton
public class EventStreams {

    /** The header field with which a client resumes a stream: the id of the last event it has. */
    public static final String LAST_EVENT_ID = "Last-Event-ID";

    private final ObjectMapper json;

    EventStreams(ObjectMapper json) {
        this.json = json;
    }

    /**
     * A request for a stream.
     *
     * @param lastEventId the header field {@value #LAST_EVENT_ID}; null or empty to begin now
     */
    public record Request(Sse sse, HttpServerRequest http, HttpServerResponse response, String lastEventId) {}

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
     * @throws ApiException 400 if the last event id is not one
     */
    public <P, E> Multi<OutboundSseEvent> respond(Request request, Function<String, P> position,
            Function<P, Multi<Optional<E>>> follow, Function<E, SentEvent> sent) {
        // Filters of the REST layer do not see streams.
        prepare(request.response(), "no-store");
        if (HttpMethod.HEAD.equals(request.http().method())) {
            return Multi.createFrom().empty();
        }
        P after = null;
        if (request.lastEventId() != null && !request.lastEventId().isEmpty()) {
            after = position.apply(request.lastEventId());
            if (after == null) {
                throw ApiException.invalid(LAST_EVENT_ID, "is not the id of an event");
            }
        }
        return follow.apply(after).map(event -> event.map(sent).map(e -> request.sse().newEventBuilder().id(e.id())
                .name(e.type()).data(text(e.data())).build())
                .orElseGet(() -> request.sse().newEventBuilder().comment("").build()));
    }

    /** Sets the header fields of a stream: how caches treat it, and that nginx must not hold events back. */
    public static void prepare(HttpServerResponse response, String cacheControl) {
        response.putHeader(HttpHeaders.CACHE_CONTROL, cacheControl).putHeader("X-Accel-Buffering", "no");
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
