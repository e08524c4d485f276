package dev.millrace.ratelimit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
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
import dev.millrace.http.json.Timestamps;
import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Problem;
import dev.millrace.http.problem.Violation;

/** Leases of the algorithm {@code concurrency}. */
@Path("/v1/ratelimit/{policy}/{identifier}/leases")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RequiresScope(Scopes.RATELIMIT)
@NoStore
@Tag(name = "Rate limiting")
public class LeaseResource {

    private final Leases leases;
    private final DecisionResponse responses;
    private final CurrentCaller caller;

    LeaseResource(Leases leases, DecisionResponse responses, CurrentCaller caller) {
        this.leases = leases;
        this.responses = responses;
        this.caller = caller;
    }

    /** The requested lifetime of a lease. */
    @RegisterForReflection
    @Schema(name = "LeaseRequest")
    public record LeaseRequest(
            @Schema(description = "Time until the lease expires; the default and the maximum is the policy's window", type = SchemaType.STRING, examples = "30s") @Nullable Duration ttl)
            implements
                Validated {

        @Override
        public List<Violation> violations() {
            return ttl != null && ttl.toMillis() < 1
                    ? List.of(new Violation("ttl", "must be at least 1 ms"))
                    : List.of();
        }
    }

    /** A granted lease. */
    @RegisterForReflection
    @Schema(name = "Lease")
    public record GrantedLease(@Schema(examples = "dQw4w9WgXcQ_k3b1mPZ7xA") String lease,
            @Schema(examples = "exports") String policy,
            @Schema(examples = "tenant-7") String identifier, boolean allowed, @Schema(examples = "3") long limit,
            @Schema(examples = "2") long remaining, @Schema(examples = "30000") long ttlMs,
            @Schema(examples = "2026-11-23T10:15:30.000Z") String expiresAt, boolean degraded) {

        static GrantedLease of(LeaseGrant grant) {
            Decision d = grant.decision();
            return new GrantedLease(requireNonNull(grant.lease()), d.policy(), d.identifier(), true, d.limit(),
                    d.remaining(),
                    grant.ttlMs(),
                    Timestamps.format(requireNonNull(grant.expiresAt()).toEpochMilli()), d.degraded());
        }
    }

    @POST
    @Operation(operationId = "takeLease", summary = "Take a lease", description = "Takes one of the policy's places if one is free. Release it when the work is done; if the holder crashes, it expires after `ttl`.")
    @RequestBody(required = false, content = @Content(schema = @Schema(implementation = LeaseRequest.class), examples = @ExampleObject(name = "for 30 seconds", value = "{\"ttl\":\"30s\"}")))
    @APIResponse(responseCode = "201", description = "Taken", content = @Content(schema = @Schema(implementation = GrantedLease.class)))
    @APIResponse(responseCode = "429", description = "All places are taken", content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(ref = "Denial")))
    @APIResponse(responseCode = "409", description = "The policy's algorithm is not concurrency")
    @APIResponse(responseCode = "404", description = "There is no policy of this name")
    public Uni<RestResponse<Object>> take(@PathParam("policy") String policy,
            @PathParam("identifier") String identifier,
            @Nullable LeaseRequest terms) {
        return leases.acquire(caller.tenant(), policy, RateLimitResource.checked(identifier), ttlMs(terms))
                .map(grant -> grant.lease() == null
                        ? responses.of(grant.decision())
                        : responses.with(grant.decision(),
                                ResponseBuilder.<Object>create(201).entity(GrantedLease.of(grant)).build()));
    }

    @PUT
    @Path("{lease}")
    @Operation(operationId = "renewLease", summary = "Renew a lease", description = "Extends it to `ttl` from now. An expired lease cannot be renewed.")
    @RequestBody(required = false, content = @Content(schema = @Schema(implementation = LeaseRequest.class), examples = @ExampleObject(name = "for 30 seconds", value = "{\"ttl\":\"30s\"}")))
    @APIResponse(responseCode = "200", description = "Renewed", content = @Content(schema = @Schema(implementation = GrantedLease.class)))
    @APIResponse(responseCode = "404", description = "It has ended")
    @APIResponse(responseCode = "409", description = "The policy counts: leases need the algorithm `concurrency`")
    public Uni<RestResponse<GrantedLease>> renew(@PathParam("policy") String policy,
            @PathParam("identifier") String identifier,
            @PathParam("lease") String lease, @Nullable LeaseRequest terms) {
        return leases.renew(caller.tenant(), policy, RateLimitResource.checked(identifier), lease, ttlMs(terms))
                .map(grant -> responses.with(grant.decision(), RestResponse.ok(GrantedLease.of(grant))));
    }

    @DELETE
    @Path("{lease}")
    @Operation(operationId = "releaseLease", summary = "Release a lease", description = "Frees its place at once.")
    @APIResponse(responseCode = "204", description = "Released")
    @APIResponse(responseCode = "404", description = "It has ended")
    @APIResponse(responseCode = "409", description = "The policy counts: leases need the algorithm `concurrency`")
    public Uni<Void> release(@PathParam("policy") String policy, @PathParam("identifier") String identifier,
            @PathParam("lease") String lease) {
        return leases.release(caller.tenant(), policy, RateLimitResource.checked(identifier), lease);
    }

    private static long ttlMs(@Nullable LeaseRequest terms) {
        if (terms == null || terms.ttl() == null) {
            return 0;
        }
        List<Violation> found = terms.violations();
        if (!found.isEmpty()) {
            throw ApiException.invalid(found);
        }
        return terms.ttl().toMillis();
    }
}
