package dev.millrace.session;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
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

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.EventStreams;
import dev.millrace.http.json.Timestamps;
import dev.millrace.user.EventPosition;
import dev.millrace.user.UserEvent;

/** The events of sessions and refresh tokens, as server-sent events. */
@Path("/v1/sessions/events")
@RequiresScope(Scopes.SESSIONS_READ)
@Tag(name = "Sessions")
public class SessionEventsResource {

    private static final String EXAMPLE = """
            {"type":"session.expired","sessionId":"Xb3vK9wQm2Tz7LpR4sHd","userId":"user-42","at":"2026-11-24T10:11:12.345Z"}
            """;

    private final SessionEvents events;
    private final CurrentCaller caller;
    private final EventStreams streams;

    SessionEventsResource(SessionEvents events, CurrentCaller caller, EventStreams streams) {
        this.events = events;
        this.caller = caller;
        this.streams = streams;
    }

    /** The data of an event. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "SessionEvent")
    public record SessionEventView(@Schema(examples = "session.revoked") String type,
            @Schema(description = "Absent if all sessions of the user were revoked") @Nullable String sessionId,
            @Schema(description = "Replaces sessionId in events of refresh tokens") @Nullable String family,
            @Nullable String userId, String at,
            @Schema(description = "With revoked: logout, revoked or all", examples = "logout") @Nullable String reason,
            @Schema(description = "With reason all: the session that was kept") @Nullable String except) {

        static SessionEventView of(UserEvent event) {
            boolean session = event.type().startsWith("session.");
            String id = event.fields().get("id");
            return new SessionEventView(event.type(), session ? id : null, session ? null : id,
                    event.fields().get("user"),
                    Timestamps.format(event.position().ms()), event.fields().get("reason"),
                    event.fields().get("except"));
        }
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(operationId = "streamSessionEvents", summary = "Stream the events", description = "Streams server-sent events in one order. Starts now; with `Last-Event-ID`, after that event; with `Last-Event-ID: 0`, at the oldest retained event.")
    @APIResponse(responseCode = "200", description = "A stream of server-sent events. Schema and example are those of `data`", content = @Content(mediaType = MediaType.SERVER_SENT_EVENTS, schema = @Schema(implementation = SessionEventView.class), examples = @ExampleObject(name = "an event", value = EXAMPLE)))
    @APIResponse(responseCode = "429", description = "The API key, or its tenant, has used its share of listeners")
    public Multi<OutboundSseEvent> follow(@Context Sse sse, @Context HttpServerRequest request,
            @Context HttpServerResponse response,
            @Parameter(description = "Id of the last event that you processed") @HeaderParam(EventStreams.LAST_EVENT_ID) String lastEventId) {
        return streams.respond(new EventStreams.Request(sse, request, response, caller.tenant(),
                caller.get().keyId(), lastEventId), EventPosition::parse,
                after -> events.follow(caller.tenant(), after),
                event -> new EventStreams.SentEvent(event.position().toString(), event.type(),
                        SessionEventView.of(event)));
    }
}
