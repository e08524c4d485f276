package dev.millrace.queue.api;

import java.util.regex.Pattern;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.EventStreams;
import dev.millrace.queue.QueueEvents;
import dev.millrace.queue.model.QueueName;

/** The events of a queue and its jobs, as server-sent events. */
@Path("/v1/queues/{queue}/events")
@RequiresScope(Scopes.QUEUES_READ)
@Tag(name = "Job queues")
public class QueueEventsResource {

    private static final Pattern ID = Pattern.compile("0|\\d{1,15}-\\d{1,15}");
    private static final String EXAMPLE = """
            {"type":"job.completed","jobId":"5984639761701","at":"2026-11-24T10:11:12.345Z"}
            """;

    private final QueueEvents events;
    private final CurrentCaller caller;
    private final EventStreams streams;

    QueueEventsResource(QueueEvents events, CurrentCaller caller, EventStreams streams) {
        this.events = events;
        this.caller = caller;
        this.streams = streams;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(operationId = "streamQueueEvents", summary = "Stream events", description = "Streams the events of one queue as server-sent events, in order. The stream begins now; with `Last-Event-ID` after that event; with `Last-Event-ID: 0` at the oldest event that is kept. Events are kept while a client listens, and for a minute after.")
    @APIResponse(responseCode = "200", description = "A stream of server-sent events. Schema and example are those of `data`", content = @Content(mediaType = MediaType.SERVER_SENT_EVENTS, schema = @Schema(implementation = QueueEventView.class), examples = @ExampleObject(name = "an event", value = EXAMPLE)))
    @APIResponse(responseCode = "429", description = "The API key, or its tenant, has used its share of listeners")
    public Multi<OutboundSseEvent> follow(@PathParam("queue") String queue, @Context Sse sse,
            @Context HttpServerRequest request, @Context HttpServerResponse response,
            @Parameter(description = "Id of the last event that you received") @HeaderParam(EventStreams.LAST_EVENT_ID) String lastEventId) {
        QueueName name = QueueName.of(caller.tenant(), queue);
        return streams.respond(new EventStreams.Request(sse, request, response, caller.tenant(),
                caller.get().keyId(), lastEventId),
                QueueEventsResource::position, after -> events.follow(name, after),
                event -> new EventStreams.SentEvent(event.id(), event.type(), QueueEventView.of(event)));
    }

    private static @Nullable String position(String id) {
        return !ID.matcher(id).matches() ? null : id.equals("0") ? "0-0" : id;
    }
}
