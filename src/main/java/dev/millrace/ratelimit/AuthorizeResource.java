package dev.millrace.ratelimit;

import java.util.regex.Pattern;

import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.encoding.Digests;
import dev.millrace.http.NoStore;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Problem;

/** The call that proxies make before they forward a request: nginx, Traefik, Caddy. */
@Path("/v1/ratelimit")
@NoStore
@Tag(name = "Rate limiting")
public class AuthorizeResource {

    /** A field name is a token (RFC 9110, 5.6.2). */
    private static final Pattern BY_HEADER = Pattern.compile("header:[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");
    /** Requests without the header share one identifier, so that omitting the header does not lift the limit. */
    private static final String ANONYMOUS = "anonymous";

    private final RateLimitService service;
    private final DecisionResponse responses;
    private final ClientAddress clients;
    private final CurrentCaller caller;

    AuthorizeResource(RateLimitService service, DecisionResponse responses, ClientAddress clients,
            CurrentCaller caller) {
        this.service = service;
        this.responses = responses;
        this.clients = clients;
        this.caller = caller;
    }

    @GET
    @Path("{policy}/authorize")
    @RequiresScope(Scopes.RATELIMIT)
    @Operation(operationId = "authorizeRequest", summary = "Authorize for a proxy", description = "Consumes 1 for the client of a proxy: 204 to forward the request, 429 to refuse it. nginx supports only 403 as a refusal: request it with `denyStatus`.")
    @APIResponse(responseCode = "204", description = "Admitted")
    @APIResponse(responseCode = "429", description = "Denied, or `denyStatus`", content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(ref = "Denial")))
    @APIResponse(responseCode = "404", description = "There is no policy of this name")
    @APIResponse(responseCode = "409", description = "The policy has the algorithm `concurrency`: take a lease")
    public Uni<RestResponse<Object>> authorize(@PathParam("policy") String policy,
            @Parameter(description = "`ip`, the client's address (`X-Forwarded-For` of configured proxies is trusted); or `header:<name>`, of which a hash is stored", example = "header:X-Api-Key") @QueryParam("by") @DefaultValue("ip") String by,
            @Parameter(description = "Status of a denial, 400 to 599", example = "403") @QueryParam("denyStatus") @DefaultValue("429") int denyStatus,
            @Context HttpServerRequest request) {
        if (denyStatus < 400 || denyStatus > 599) {
            throw ApiException.invalid("denyStatus", "must be between 400 and 599");
        }
        return service.check(caller.tenant(), policy, identifier(by, request), 1)
                .map(decision -> decision.allowed()
                        ? responses.noContent(decision)
                        : responses.denied(decision, denyStatus));
    }

    private String identifier(String by, HttpServerRequest request) {
        if (by.equals("ip")) {
            return clients.of(request.remoteAddress().hostAddress(), request.headers().getAll("X-Forwarded-For"));
        }
        if (!BY_HEADER.matcher(by).matches()) {
            throw ApiException.invalid("by", "must be ip or header:<name>");
        }
        String name = by.substring(by.indexOf(':') + 1);
        if (name.equalsIgnoreCase(HttpHeaders.AUTHORIZATION)) {
            throw ApiException.invalid("by", "must not be Authorization, which holds Millrace's own key");
        }
        // All values, because the backend may read another one than the first.
        String value = String.join(",", request.headers().getAll(name));
        // Hashed, because the value may be a secret, and identifiers appear in responses and in Redis.
        return value.isEmpty() ? ANONYMOUS : Digests.sha256Hex(value, 16);
    }
}
