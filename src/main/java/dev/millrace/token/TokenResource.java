package dev.millrace.token;

import java.util.List;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
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
import dev.millrace.http.NoStore;
import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.Timestamps;
import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;
import dev.millrace.user.StoredRecord;

/** Issues, rotates and revokes refresh tokens. The token is sent in a body, never in a path. */
@Path("/v1/tokens")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.SESSIONS)
@NoStore
@Tag(name = "Refresh tokens")
public class TokenResource {

    private static final String NEW = "{\"userId\":\"user-42\",\"claims\":{\"scope\":\"read\"},\"idle\":\"14d\",\"absolute\":\"90d\"}";

    private final TokenService service;
    private final CurrentCaller caller;

    TokenResource(TokenService service, CurrentCaller caller) {
        this.service = service;
        this.caller = caller;
    }

    /** The first token of a family. */
    @RegisterForReflection
    @Schema(name = "IssuedToken")
    public record IssuedTokenView(
            @Schema(description = "Returned only once", examples = "r1.0.kPq3vK9wQm2Tz7LpR4sH.uZ8...") String refreshToken,
            @Schema(examples = "Xb3vK9wQm2Tz7LpR4sHd") String family,
            @Schema(description = "When the family expires, unless it is rotated", examples = "2026-12-08T09:30:00.000Z") String expiresAt) {}

    /** A token's successor. */
    @RegisterForReflection
    @Schema(name = "RotatedToken")
    public record RotatedTokenView(@Schema(examples = "r1.0.kPq3vK9wQm2Tz7LpR4sH.9fK...") String refreshToken,
            @Schema(examples = "Xb3vK9wQm2Tz7LpR4sHd") String family, @Schema(examples = "user-42") String userId,
            JsonObject claims,
            @Schema(description = "Counts the family's tokens, from 1", examples = "2") long generation,
            @Schema(examples = "2026-12-08T09:30:00.000Z") String expiresAt) {

        static RotatedTokenView of(IssuedToken issued) {
            StoredRecord family = issued.family();
            return new RotatedTokenView(issued.token(), family.id(), family.user(), new JsonObject(family.data()),
                    family.state().version(), Timestamps.format(family.state().endsAt()));
        }
    }

    /** A presented token. */
    @RegisterForReflection
    @Schema(name = "PresentedToken")
    public record PresentedToken(
            @Schema(required = true, examples = "r1.0.kPq3vK9wQm2Tz7LpR4sH.uZ8...") @Nullable String refreshToken)
            implements
                Validated {

        @Override
        public List<Violation> violations() {
            return refreshToken == null ? List.of(new Violation("refreshToken", "must be given")) : List.of();
        }

        static String token(@Nullable PresentedToken presented) {
            PresentedToken given = presented == null ? new PresentedToken(null) : presented;
            if (given.refreshToken() == null) {
                throw ApiException.invalid(given.violations());
            }
            return given.refreshToken();
        }
    }

    @POST
    @Operation(operationId = "issueRefreshToken", summary = "Issue a refresh token", description = "Starts a family. Give the token to the client; the service stores only a digest of it.")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewFamily.class), examples = @ExampleObject(name = "a login", value = NEW)))
    @APIResponse(responseCode = "201", description = "Issued", content = @Content(schema = @Schema(implementation = IssuedTokenView.class)))
    @APIResponse(responseCode = "413", description = "The claims are over 64 KB")
    public Uni<RestResponse<IssuedTokenView>> issue(NewFamily request) {
        if (request == null) {
            throw ApiException.invalid("", "The body must be a family to issue");
        }
        return service.issue(caller.tenant(), request)
                .map(issued -> ResponseBuilder.<IssuedTokenView>create(201).type(MediaType.APPLICATION_JSON_TYPE)
                        .entity(new IssuedTokenView(issued.token(), issued.family().id(),
                                Timestamps.format(issued.family().state().endsAt())))
                        .build());
    }

    @POST
    @Path("rotate")
    @Operation(operationId = "rotateRefreshToken", summary = "Rotate a refresh token", description = "Returns its successor; call it when you issue a new access token. Within the grace period the previous token returns the same successor. Presented later, it revokes the whole family.")
    @RequestBody(content = @Content(schema = @Schema(implementation = PresentedToken.class), examples = @ExampleObject(name = "a token", value = "{\"refreshToken\":\"r1.0.kPq3vK9wQm2Tz7LpR4sH.uZ8...\"}")))
    @APIResponse(responseCode = "200", description = "The successor", content = @Content(schema = @Schema(implementation = RotatedTokenView.class)))
    @APIResponse(responseCode = "401", description = "`token-invalid`, or `token-reused`: the token may be stolen, and its family is revoked")
    public Uni<RotatedTokenView> rotate(PresentedToken presented) {
        return service.rotate(caller.tenant(), PresentedToken.token(presented)).map(RotatedTokenView::of);
    }

    @POST
    @Path("revoke")
    @Operation(operationId = "revokeRefreshToken", summary = "Revoke a refresh token", description = "Revokes the family of any of its tokens. Returns 204 even if there is nothing to revoke.")
    @RequestBody(content = @Content(schema = @Schema(implementation = PresentedToken.class), examples = @ExampleObject(name = "a token", value = "{\"refreshToken\":\"r1.0.kPq3vK9wQm2Tz7LpR4sH.uZ8...\"}")))
    @APIResponse(responseCode = "204", description = "The token is no longer valid")
    public Uni<Void> revoke(PresentedToken presented) {
        return service.revokeToken(caller.tenant(), PresentedToken.token(presented));
    }
}
