package dev.millrace.ratelimit;

import java.util.List;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
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
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Problem;
import dev.millrace.http.problem.Violation;
import dev.millrace.redis.Keys;

/** Consumes, peeks and resets: one identifier under one policy. */
@Path("/v1/ratelimit")
@Produces(MediaType.APPLICATION_JSON)
@NoStore
@Tag(name = "Rate limiting")
public class RateLimitResource {

    private static final String ONE = "{policy}/{identifier}";

    private final RateLimitService service;
    private final DecisionResponse responses;
    private final CurrentCaller caller;

    RateLimitResource(RateLimitService service, DecisionResponse responses, CurrentCaller caller) {
        this.service = service;
        this.responses = responses;
        this.caller = caller;
    }

    /** What to consume. */
    @RegisterForReflection
    @Schema(name = "Consume")
    public record ConsumeRequest(
            @Schema(description = "How much this request consumes, 1 to 1,000,000", defaultValue = "1", examples = "1") @Nullable Long cost)
            implements
                Validated {

        @Override
        public List<Violation> violations() {
            return cost == null || cost >= 1 && cost <= RateLimitService.MAX_COST
                    ? List.of()
                    : List.of(new Violation("cost", "must be between 1 and " + RateLimitService.MAX_COST
                            + (cost == 0 ? "; use GET to peek without consuming" : "")));
        }
    }

    @POST
    @Path(ONE)
    @Consumes(MediaType.APPLICATION_JSON)
    @RequiresScope(Scopes.RATELIMIT)
    @Operation(operationId = "consumeRateLimit", summary = "Consume", description = "Consumes `cost` (1 without a body) if that much remains. A denied request consumes nothing.")
    @RequestBody(required = false, content = @Content(schema = @Schema(implementation = ConsumeRequest.class), examples = @ExampleObject(name = "a request that costs 4", value = "{\"cost\":4}")))
    @APIResponse(responseCode = "200", description = "Admitted", content = @Content(schema = @Schema(implementation = Decision.class)))
    @APIResponse(responseCode = "429", description = "Denied; the members of a decision are in the problem", content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(ref = "Denial")))
    @APIResponse(responseCode = "404", description = "There is no policy of this name")
    @APIResponse(responseCode = "409", description = "The policy has the algorithm `concurrency`: take a lease")
    public Uni<RestResponse<Object>> consume(@PathParam("policy") String policy,
            @PathParam("identifier") String identifier, @Nullable ConsumeRequest body) {
        List<Violation> found = body == null ? List.of() : body.violations();
        if (!found.isEmpty()) {
            throw ApiException.invalid(found);
        }
        long cost = body == null || body.cost() == null ? 1 : body.cost();
        return service.check(caller.tenant(), policy, checked(identifier), cost).map(responses::of);
    }

    @GET
    @Path(ONE)
    @RequiresScope(Scopes.RATELIMIT_READ)
    @Operation(operationId = "peekRateLimit", summary = "Peek", description = "Returns the decision that a request would get now. Consumes nothing and never returns 429.")
    @APIResponse(responseCode = "200", description = "The state", content = @Content(schema = @Schema(implementation = Decision.class)))
    @APIResponse(responseCode = "404", description = "There is no policy of this name")
    @APIResponse(responseCode = "409", description = "The policy has the algorithm `concurrency`: take a lease")
    public Uni<RestResponse<Object>> peek(@PathParam("policy") String policy,
            @PathParam("identifier") String identifier) {
        return service.peek(caller.tenant(), policy, checked(identifier)).map(responses::ofPeek);
    }

    @DELETE
    @Path(ONE)
    @RequiresScope(Scopes.RATELIMIT)
    @Operation(operationId = "resetRateLimit", summary = "Reset", description = "Deletes the identifier's consumption, penalty and leases.")
    @APIResponse(responseCode = "204", description = "Reset")
    @APIResponse(responseCode = "404", description = "There is no policy of this name")
    public Uni<Void> reset(@PathParam("policy") String policy, @PathParam("identifier") String identifier) {
        return service.reset(caller.tenant(), policy, checked(identifier));
    }

    static String checked(String identifier) {
        String problem = Keys.pathIdentifierProblem(identifier);
        if (problem != null) {
            throw ApiException.invalid("identifier", problem);
        }
        return identifier;
    }
}
