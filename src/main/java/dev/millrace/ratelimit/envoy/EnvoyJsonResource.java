package dev.millrace.ratelimit.envoy;

import java.io.IOException;

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

import com.fasterxml.jackson.databind.ObjectMapper;

import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Problem;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse;

/** Envoy's rate limit service for clients without gRPC. */
@Path("/json")
@NoStore
@Tag(name = "Rate limiting")
public class EnvoyJsonResource {

    private static final String REQUEST = """
            {"domain":"shop","descriptors":[{"entries":[{"key":"user","value":"42"}]}]}""";
    private static final String OK = """
            {"overallCode":"OK","statuses":[{"code":"OK","currentLimit":{"requestsPerUnit":5,"unit":"MINUTE"},\
            "limitRemaining":4,"durationUntilReset":"60s"}]}""";
    private static final String OVER_LIMIT = """
            {"overallCode":"OVER_LIMIT","statuses":[{"code":"OVER_LIMIT","currentLimit":{"requestsPerUnit":5,\
            "unit":"MINUTE"},"durationUntilReset":"12.500s"}]}""";

    private final EnvoyRateLimits limits;
    private final CurrentCaller caller;
    private final ObjectMapper json;

    EnvoyJsonResource(EnvoyRateLimits limits, CurrentCaller caller, ObjectMapper json) {
        this.limits = limits;
        this.caller = caller;
        this.json = json;
    }

    // Reads the body itself, because clients of Envoy's service need not send a content type.
    @POST
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    @RequiresScope(Scopes.RATELIMIT)
    @Operation(operationId = "shouldRateLimit", summary = "Envoy's ShouldRateLimit", description = "The messages of `envoy.service.ratelimit.v3` as proto3 JSON. All descriptors are charged or none.")
    @RequestBody(required = true, content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = EnvoyJson.Request.class), examples = @ExampleObject(name = "one descriptor", value = REQUEST)))
    @APIResponse(responseCode = "200", description = "Admitted", content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = EnvoyJson.Response.class), examples = @ExampleObject(name = "admitted", value = OK)))
    @APIResponse(responseCode = "429", description = "Over limit", content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = EnvoyJson.Response.class), examples = @ExampleObject(name = "over limit", value = OVER_LIMIT)))
    @APIResponse(responseCode = "400", description = "Not a valid request", content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(responseCode = "503", description = "Redis is unavailable and no fail mode decides", content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<RestResponse<EnvoyJson.Response>> shouldRateLimit(byte[] body) throws IOException {
        EnvoyJson.Request request = json.readValue(body, EnvoyJson.Request.class);
        if (request == null) {
            throw ApiException.invalid("", "The body must be an object");
        }
        return limits.decide(caller.tenant(), request.toProto()).map(EnvoyJsonResource::answer);
    }

    private static RestResponse<EnvoyJson.Response> answer(RateLimitResponse response) {
        int status = response.getOverallCode() == RateLimitResponse.Code.OVER_LIMIT ? 429 : 200;
        return ResponseBuilder.<EnvoyJson.Response>create(status)
                .entity(EnvoyJson.Response.of(response)).build();
    }
}
