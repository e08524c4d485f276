package dev.millrace.session;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.user.Lifetimes;

/** Lists and revokes a user's sessions. */
@Path("/v1/users/{userId}/sessions")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.SESSIONS)
@NoStore
@Tag(name = "Sessions")
public class UserSessionsResource {

    private final SessionService service;
    private final CurrentCaller caller;

    UserSessionsResource(SessionService service, CurrentCaller caller) {
        this.service = service;
        this.caller = caller;
    }

    @GET
    @RequiresScope(Scopes.SESSIONS_READ)
    @Operation(operationId = "listSessions", summary = "List a user's sessions", description = "Newest first. Empty for a user without sessions.")
    @APIResponse(responseCode = "200", description = "One page; shorter than `limit` if the sessions have much data")
    public Uni<Page<Session>> list(@PathParam("userId") String userId,
            @Parameter(description = "Items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the previous page") @QueryParam("cursor") String cursor) {
        return service.list(caller.tenant(), Lifetimes.checkedUser(userId), limit, cursor);
    }

    @DELETE
    @Operation(operationId = "revokeSessions", summary = "Revoke all of a user's sessions", description = "Takes the same time for any number of sessions.")
    @APIResponse(responseCode = "204", description = "Revoked; also if there were none")
    @APIResponse(responseCode = "404", description = "The session to keep is unknown or has ended; no session was revoked")
    public Uni<Void> revokeAll(@PathParam("userId") String userId,
            @Parameter(description = "Id of the session to keep") @QueryParam("except") String except,
            @Context UriInfo uri) {
        // An empty or misspelt parameter would end the session that was to be kept.
        String query = uri.getRequestUri().getRawQuery();
        if (query != null && (except == null || !query.startsWith("except=") || query.indexOf('&') >= 0)) {
            throw ApiException.invalid("except", "must be the only parameter, and not empty");
        }
        return service.revokeAll(caller.tenant(), Lifetimes.checkedUser(userId), except);
    }

    @DELETE
    @Path("{id}")
    @Operation(operationId = "revokeSession", summary = "Revoke one session", description = "By its id, which lists and events contain.")
    @APIResponse(responseCode = "204", description = "Revoked")
    @APIResponse(responseCode = "404", description = "The user has no such session")
    public Uni<Void> revoke(@PathParam("userId") String userId, @PathParam("id") String id) {
        return service.revoke(caller.tenant(), Lifetimes.checkedUser(userId), id);
    }
}
