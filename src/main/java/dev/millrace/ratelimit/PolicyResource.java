package dev.millrace.ratelimit;

import java.util.List;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.redis.Keys;
import dev.millrace.settings.DefinitionRequests;

/** Defines, reads, lists and deletes policies. */
@Path("/v1/ratelimit")
@Produces(MediaType.APPLICATION_JSON)
@NoStore
@Tag(name = "Rate limiting")
public class PolicyResource {

    private static final String EXAMPLE = """
            {"algorithm":"sliding-window","limit":5,"window":"1m","failMode":"local"}""";
    /** Path segments that follow {@code /v1/ratelimit/} in other calls. */
    static final List<String> RESERVED = List.of("policies", "check");

    private final Policies policies;
    private final CurrentCaller caller;

    PolicyResource(Policies policies, CurrentCaller caller) {
        this.policies = policies;
        this.caller = caller;
    }

    /** A policy with its defaults filled in. */
    @RegisterForReflection
    @Schema(name = "Policy")
    public record PolicyView(@Schema(examples = "login") String policy, Algorithm algorithm,
            @Schema(examples = "5") long limit,
            @Schema(examples = "60000") long windowMs,
            @Schema(description = "token-bucket only") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long burst,
            @Nullable FailMode failMode, @Schema(examples = "0") long denyPenaltyMs, boolean shadow,
            @Schema(description = "api, or config for one that is read-only", examples = "api") String source) {

        static PolicyView of(Policy p) {
            return new PolicyView(p.name(), p.algorithm(), p.limit(), p.windowMs(),
                    p.algorithm() == Algorithm.TOKEN_BUCKET ? p.burst() : null, p.failMode(), p.denyPenaltyMs(),
                    p.shadow(),
                    p.source().id());
        }
    }

    @PUT
    @Path("policies/{policy}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RequiresScope(Scopes.ADMIN)
    @Operation(operationId = "definePolicy", summary = "Define a policy", description = "Creates or replaces a policy. Every replica applies it within 1 s. Counts are kept if the algorithm and the window stay the same.")
    @RequestBody(content = @Content(schema = @Schema(implementation = PolicyDefinition.class), examples = @ExampleObject(name = "five a minute", value = EXAMPLE)))
    @APIResponse(responseCode = "201", description = "Created", content = @Content(schema = @Schema(implementation = PolicyView.class)))
    @APIResponse(responseCode = "200", description = "Replaced", content = @Content(schema = @Schema(implementation = PolicyView.class)))
    @APIResponse(responseCode = "409", description = "The policy is set in the configuration, or there are too many")
    public Uni<RestResponse<PolicyView>> put(@PathParam("policy") String name, @Nullable PolicyDefinition body) {
        if (!Keys.isName(name) || RESERVED.contains(name)) {
            throw ApiException.invalid("policy", "must match [A-Za-z0-9._-]{1,64} and not be one of " + RESERVED);
        }
        PolicyDefinition definition = DefinitionRequests.valid(body, "a policy", d -> d.violations(""));
        PolicyView view = PolicyView.of(definition.toPolicy(name, Policy.Source.API));
        return policies.put(caller.tenant(), name, definition)
                .map(put -> DefinitionRequests.stored(put, "/v1/ratelimit/policies/", name, view));
    }

    @GET
    @Path("policies/{policy}")
    @RequiresScope({Scopes.ADMIN_READ, Scopes.RATELIMIT_READ})
    @Operation(operationId = "getPolicy", summary = "Read a policy", description = "Returns the definition, from the API or the configuration.")
    @APIResponse(responseCode = "200", description = "The policy", content = @Content(schema = @Schema(implementation = PolicyView.class)))
    @APIResponse(responseCode = "404", description = "There is no such policy")
    public Uni<PolicyView> get(@PathParam("policy") String name) {
        return policies.get(caller.tenant(), name).map(PolicyView::of);
    }

    @GET
    @Path("policies")
    @RequiresScope({Scopes.ADMIN_READ, Scopes.RATELIMIT_READ})
    @Operation(operationId = "listPolicies", summary = "List policies", description = "By name, including those of the configuration.")
    @APIResponse(responseCode = "200", description = "One page")
    public Uni<Page<PolicyView>> list(
            @Parameter(description = "Items on a page, 1 to 500") @QueryParam("limit") @DefaultValue("50") int limit,
            @Parameter(description = "`nextCursor` of the previous page") @QueryParam("cursor") String cursor) {
        return policies.all(caller.tenant())
                .map(all -> Page.of(all.stream().map(PolicyView::of).toList(), PolicyView::policy, limit, cursor));
    }

    @DELETE
    @Path("policies/{policy}")
    @RequiresScope(Scopes.ADMIN)
    @Operation(operationId = "deletePolicy", summary = "Delete a policy", description = "Its counts expire with their windows.")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "There is no such policy")
    @APIResponse(responseCode = "409", description = "The policy is set in the configuration")
    public Uni<Void> delete(@PathParam("policy") String name) {
        return policies.delete(caller.tenant(), name);
    }
}
