package dev.millrace.oauth;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

import io.smallrye.mutiny.Uni;

import dev.millrace.auth.ForOAuthClients;
import dev.millrace.auth.OAuthClients;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.body.MaxBody;
import dev.millrace.http.route.Caller;

/** Introspection (RFC 7662) and revocation (RFC 7009) of session tokens and refresh tokens, for OAuth libraries. */
@Path("/v1/oauth")
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@Produces(MediaType.APPLICATION_JSON)
@ForOAuthClients
@MaxBody(64 * 1024)
@NoStore
@Tag(name = "OAuth")
@SecurityRequirement(name = "clientCredentials")
@SecurityRequirement(name = "apiKey")
public class OAuthResource {

    private final OAuthClients clients;
    private final PresentedTokens tokens;

    OAuthResource(OAuthClients clients, PresentedTokens tokens) {
        this.clients = clients;
        this.tokens = tokens;
    }

    @POST
    @Path("introspect")
    @RequiresScope(Scopes.SESSIONS_READ)
    @Operation(operationId = "introspectToken", summary = "Introspect a token", description = "RFC 7662. Changes nothing: it neither extends a session nor treats a rotated refresh token as stolen. Scope `sessions:read`.")
    @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_FORM_URLENCODED, schema = @Schema(implementation = OAuthForm.class)))
    @APIResponse(responseCode = "200", description = "The session or refresh token, or only `active: false`", content = @Content(schema = @Schema(implementation = Introspection.class)))
    @APIResponse(responseCode = "401", description = "`invalid-client`: the client credentials are missing or wrong; `unauthenticated`: the API key in `Authorization: Bearer` is")
    public Uni<Introspection> introspect(String body) {
        OAuthForm form = OAuthForm.parse(body);
        Caller caller = clients.require(Scopes.SESSIONS_READ, form.clientId(), form.clientSecret());
        return tokens.introspect(caller.tenant(), form.requireToken());
    }

    @POST
    @Path("revoke")
    @RequiresScope(Scopes.SESSIONS)
    @Operation(operationId = "revokeToken", summary = "Revoke a token", description = "RFC 7009. Ends the session, or the family of the refresh token. Returns 200 for an invalid token as well. Scope `sessions`.")
    @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_FORM_URLENCODED, schema = @Schema(implementation = OAuthForm.class)))
    @APIResponse(responseCode = "200", description = "The token is no longer valid")
    @APIResponse(responseCode = "401", description = "`invalid-client`: the client credentials are missing or wrong; `unauthenticated`: the API key in `Authorization: Bearer` is")
    public Uni<RestResponse<Void>> revoke(String body) {
        OAuthForm form = OAuthForm.parse(body);
        Caller caller = clients.require(Scopes.SESSIONS, form.clientId(), form.clientSecret());
        return tokens.revoke(caller.tenant(), form.requireToken()).map(done -> RestResponse.ok());
    }
}
