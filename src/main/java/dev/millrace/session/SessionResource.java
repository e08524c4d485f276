package dev.millrace.session;

import java.time.Duration;
import java.util.List;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.EntityTags;
import dev.millrace.http.NoStore;
import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;

/** Opens sessions and serves their holders. The token is sent in a header, never in a path. */
@Path("/v1/sessions")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.SESSIONS)
@NoStore
@Tag(name = "Sessions")
public class SessionResource {

    /** The header that carries the session's token. */
    static final String TOKEN = "Session-Token";
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String TOKEN_DESCRIPTION = "The session's token";
    private static final String NEW = """
            {"userId":"user-42","data":{"cart":[]},"idle":"30m","absolute":"12h",
             "device":{"userAgent":"Firefox on Linux","ipAddress":"203.0.113.7"},"maxPerUser":5,"onLimit":"evict-oldest"}""";

    private final SessionService service;
    private final CurrentCaller caller;

    SessionResource(SessionService service, CurrentCaller caller) {
        this.service = service;
        this.caller = caller;
    }

    /** A session with its token. */
    @RegisterForReflection
    @Schema(name = "OpenedSession")
    public record OpenedSessionView(
            @Schema(description = "Returned only once", examples = "s1.kPq3vK9wQm2Tz7LpR4sH.uZ8...") String token,
            Session session) {

        static OpenedSessionView of(OpenedSession opened) {
            return new OpenedSessionView(opened.token().text(), opened.session());
        }
    }

    /** A change of the data. */
    @RegisterForReflection
    @Schema(name = "SessionPatch")
    public record SessionPatch(
            @Schema(description = "Merged into the session's data (RFC 7396); null removes", required = true) @Nullable JsonObject data)
            implements
                Validated {

        @Override
        public List<Violation> violations() {
            return data == null ? List.of(new Violation("data", "must be an object")) : List.of();
        }
    }

    /** The reason for a rotation. */
    @RegisterForReflection
    @Schema(name = "SessionRotation")
    public record SessionRotation(
            @Schema(description = "The user has just authenticated again: sets authTime", defaultValue = "false") @Nullable Boolean reauthenticated,
            @Schema(description = "How long the presented token still reads the session and rotates to the same token, 0 to 10m; default 10s. With 0 it is invalid at once", type = SchemaType.STRING, examples = "0s") @Nullable Duration grace)
            implements
                Validated {

        @Override
        public List<Violation> violations() {
            return grace != null && grace.compareTo(SessionService.MAX_GRACE) > 0
                    ? List.of(new Violation("grace", "must be at most 10 min"))
                    : List.of();
        }
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "openSession", summary = "Open a session", description = "Authenticate the user first. Give the token to the client; the service stores only a digest of it.")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewSession.class), examples = @ExampleObject(name = "a login", value = NEW)))
    @APIResponse(responseCode = "201", description = "Opened", content = @Content(schema = @Schema(implementation = OpenedSessionView.class)))
    @APIResponse(responseCode = "409", description = "The user has reached the limit of sessions")
    @APIResponse(responseCode = "413", description = "The data is over 64 KB")
    public Uni<RestResponse<OpenedSessionView>> create(NewSession request) {
        if (request == null) {
            throw ApiException.invalid("", "The body must be a session to open");
        }
        return service.create(caller.tenant(), request)
                .map(opened -> answer(201, OpenedSessionView.of(opened), opened.session()));
    }

    @GET
    @Path("current")
    @RequiresScope(Scopes.SESSIONS_READ)
    @Operation(operationId = "getSession", summary = "Read the session of a token", description = "Counts as use, unless `touch=false` or the API key has only `sessions:read`.")
    @APIResponse(responseCode = "200", description = "The session", content = @Content(schema = @Schema(implementation = Session.class)))
    @APIResponse(responseCode = "401", description = "`session-invalid`: the session is unknown, has expired or was ended; `session-rotated`: it lives, but its token was rotated")
    public Uni<RestResponse<Session>> current(
            @Parameter(description = TOKEN_DESCRIPTION, required = true) @HeaderParam(TOKEN) String token,
            @Parameter(description = "false reads without counting as use") @QueryParam("touch") @DefaultValue("true") String touch) {
        if (!touch.equals("true") && !touch.equals("false")) {
            throw ApiException.invalid("touch", "must be true or false");
        }
        boolean touches = touch.equals("true") && caller.get().may(Scopes.SESSIONS);
        return service.current(caller.tenant(), token, touches).map(session -> answer(200, session, session));
    }

    @PATCH
    @Path("current")
    @Consumes({MERGE_PATCH, MediaType.APPLICATION_JSON})
    @Operation(operationId = "patchSession", summary = "Change the session's data", description = "Merges a patch (RFC 7396). Patches of different members never undo each other. With If-Match, a patch of an older version is refused.")
    @RequestBody(content = @Content(schema = @Schema(implementation = SessionPatch.class), examples = @ExampleObject(name = "set one, remove one", value = "{\"data\":{\"theme\":\"dark\",\"cart\":null}}")))
    @APIResponse(responseCode = "200", description = "The changed session", content = @Content(schema = @Schema(implementation = Session.class)))
    @APIResponse(responseCode = "401", description = "`session-invalid`: the session is unknown, has expired or was ended; `session-rotated`: it lives, but its token was rotated")
    @APIResponse(responseCode = "412", description = "The session has another version")
    @APIResponse(responseCode = "413", description = "The data would be over 64 KB")
    public Uni<RestResponse<Session>> patch(
            @Parameter(description = TOKEN_DESCRIPTION, required = true) @HeaderParam(TOKEN) String token,
            @Parameter(description = "The ETag that the patch is based on") @HeaderParam(HttpHeaders.IF_MATCH) List<String> ifMatch,
            @Nullable SessionPatch patch) {
        if (patch == null || patch.data() == null) {
            throw ApiException.invalid((patch == null ? new SessionPatch(null) : patch).violations());
        }
        return service
                .patch(caller.tenant(), token, patch.data(),
                        EntityTags.ifMatch(ifMatch.isEmpty() ? null : String.join(",", ifMatch)))
                .map(session -> answer(200, session, session));
    }

    @POST
    @Path("current/rotate")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "rotateSession", summary = "Rotate the token", description = "Returns a new token for the same session with the same deadlines. Within the grace the old token still reads and ends the session, and rotating it again returns the same new token. Rotate whenever the user's privileges change, then with grace 0.")
    @RequestBody(required = false, content = @Content(schema = @Schema(implementation = SessionRotation.class), examples = @ExampleObject(name = "after a password", value = "{\"reauthenticated\":true}")))
    @APIResponse(responseCode = "200", description = "The session with its new token", content = @Content(schema = @Schema(implementation = OpenedSessionView.class)))
    @APIResponse(responseCode = "401", description = "`session-invalid`: the session is unknown, has expired or was ended; `session-rotated`: it lives, but its token was rotated")
    public Uni<RestResponse<OpenedSessionView>> rotate(
            @Parameter(description = TOKEN_DESCRIPTION, required = true) @HeaderParam(TOKEN) String token,
            SessionRotation rotation) {
        SessionRotation how = rotation == null ? new SessionRotation(null, null) : rotation;
        if (!how.violations().isEmpty()) {
            throw ApiException.invalid(how.violations());
        }
        return service.rotate(caller.tenant(), token, how.grace(), Boolean.TRUE.equals(how.reauthenticated()))
                .map(opened -> answer(200, OpenedSessionView.of(opened), opened.session()));
    }

    @DELETE
    @Path("current")
    @Operation(operationId = "endSession", summary = "Log out", description = "Ends the session, also by the previous token within its grace. No concurrent call revives it.")
    @APIResponse(responseCode = "204", description = "Ended")
    @APIResponse(responseCode = "401", description = "`session-invalid`: the session is unknown or had already ended; `session-rotated`: it lives, but its token was rotated")
    public Uni<Void> logOut(
            @Parameter(description = TOKEN_DESCRIPTION, required = true) @HeaderParam(TOKEN) String token) {
        return service.logOut(caller.tenant(), token);
    }

    private static <T> RestResponse<T> answer(int status, T entity, Session session) {
        return ResponseBuilder.<T>create(status).entity(entity).type(MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.ETAG, EntityTags.of(session.version())).build();
    }
}
