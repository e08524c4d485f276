package dev.millrace.token;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.Page;
import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.Timestamps;
import dev.millrace.user.Lifetimes;
import dev.millrace.user.StoredRecord;

/** Lists and revokes a user's families of refresh tokens. */
@Path("/v1/users/{userId}/tokens")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.SESSIONS)
@NoStore
@Tag(name = "Refresh tokens")
public class UserTokensResource {

    private final TokenService service;
    private final CurrentCaller caller;

    UserTokensResource(TokenService service, CurrentCaller caller) {
        this.service = service;
        this.caller = caller;
    }

    /** A family, without its token. */
    @RegisterForReflection
    @Schema(name = "TokenFamily")
    public record TokenFamily(@Schema(examples = "Xb3vK9wQm2Tz7LpR4sHd") String family,
            @Schema(examples = "user-42") String userId, JsonObject claims,
            @Schema(examples = "2") long generation, @Schema(examples = "2026-11-24T09:30:00.000Z") String createdAt,
            @Schema(examples = "2026-11-24T09:45:00.000Z") String rotatedAt,
            @Schema(examples = "2026-12-08T09:45:00.000Z") String expiresAt,
            @Schema(examples = "2027-02-22T09:30:00.000Z") String absoluteExpiresAt) {

        static TokenFamily of(StoredRecord s) {
            return new TokenFamily(s.id(), s.user(), new JsonObject(s.data()), s.state().version(),
                    Timestamps.format(s.state().created()), Timestamps.format(s.state().seen()),
                    Timestamps.format(s.state().endsAt()), Timestamps.format(s.state().absolute()));
        }
    }

    @GET
    @RequiresScope(Scopes.SESSIONS_READ)
    @Operation(operationId = "listTokenFamilies", summary = "List a user's families", description = "Newest first. Empty for a user without families.")
    @APIResponse(responseCode = "200", description = "One page; shorter than `limit` if the claims are large")
    public Uni<Page<TokenFamily>> list(@PathParam("userId") String userId,
            @Parameter(description = "Items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the previous page") @QueryParam("cursor") String cursor) {
        return service.list(caller.tenant(), Lifetimes.checkedUser(userId), limit, cursor)
                .map(listing -> new Page<>(listing.records().stream().map(TokenFamily::of).toList(),
                        Page.encode(listing.next())));
    }

    @DELETE
    @Operation(operationId = "revokeTokenFamilies", summary = "Revoke all of a user's refresh tokens", description = "Takes the same time for any number of families.")
    @APIResponse(responseCode = "204", description = "Revoked; also if there were none")
    public Uni<Void> revokeAll(@PathParam("userId") String userId) {
        return service.revokeAll(caller.tenant(), Lifetimes.checkedUser(userId));
    }

    @DELETE
    @Path("{family}")
    @Operation(operationId = "revokeTokenFamily", summary = "Revoke one family", description = "By its id, which lists and events contain.")
    @APIResponse(responseCode = "204", description = "Revoked")
    @APIResponse(responseCode = "404", description = "The user has no such family")
    public Uni<Void> revoke(@PathParam("userId") String userId, @PathParam("family") String family) {
        return service.revoke(caller.tenant(), Lifetimes.checkedUser(userId), family);
    }
}
