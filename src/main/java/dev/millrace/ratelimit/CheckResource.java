package dev.millrace.ratelimit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
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
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.CurrentCaller;
import dev.millrace.auth.RequiresScope;
import dev.millrace.auth.Scopes;
import dev.millrace.http.NoStore;
import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;
import dev.millrace.redis.Keys;

/** Runs many checks in one call. */
@Path("/v1/ratelimit")
@Produces(MediaType.APPLICATION_JSON)
@NoStore
@Tag(name = "Rate limiting")
public class CheckResource {

    static final int MAX_CHECKS = 100;
    private static final String EXAMPLE = """
            {"atomic":true,"checks":[
              {"policy":"login","identifier":"user-42"},
              {"algorithm":"token-bucket","limit":100,"window":"1m","identifier":"203.0.113.7","cost":2}]}""";

    private final RateLimitService service;
    private final Policies policies;
    private final CurrentCaller caller;

    CheckResource(RateLimitService service, Policies policies, CurrentCaller caller) {
        this.service = service;
        this.policies = policies;
        this.caller = caller;
    }

    /** The checks. */
    @RegisterForReflection
    @Schema(name = "Checks")
    public record CheckListRequest(@Schema(description = "1 to 100") @Nullable List<RequestedCheck> checks,
            @Schema(description = "Whether all are charged or none", defaultValue = "false") @Nullable Boolean atomic)
            implements
                Validated {

        @Override
        public List<Violation> violations() {
            if (checks == null || checks.isEmpty() || checks.size() > MAX_CHECKS) {
                return List.of(new Violation("checks", "must have 1 to " + MAX_CHECKS + " checks"));
            }
            List<Violation> violations = new ArrayList<>();
            for (int i = 0; i < checks.size(); i++) {
                violations(violations, "checks[" + i + "]", checks.get(i));
            }
            return violations;
        }

        private static void violations(List<Violation> found, String at, @Nullable RequestedCheck item) {
            if (item == null) {
                found.add(new Violation(at, "must not be null"));
                return;
            }
            String identifier = Keys.pathIdentifierProblem(item.identifier());
            if (identifier != null) {
                found.add(new Violation(at + ".identifier", item.identifier() == null ? "must be given" : identifier));
            }
            if (item.cost() != null && (item.cost() < 0 || item.cost() > RateLimitService.MAX_COST)) {
                found.add(new Violation(at + ".cost", "must be between 0 and " + RateLimitService.MAX_COST));
            }
            if (item.policy() == null) {
                found.addAll(item.definition().violations(at + "."));
            } else if (item.isInline()) {
                found.add(new Violation(at, "must either name a policy or give one inline, not both"));
            }
        }
    }

    /** One check: a policy by name, or given inline. */
    @RegisterForReflection
    @Schema(name = "Check")
    public record RequestedCheck(
            @Schema(description = "A policy by name; without it algorithm, limit and window must be given", examples = "login") @Nullable String policy,
            @Nullable Algorithm algorithm,
            @Schema(description = "Of an inline limit, as the next fields", examples = "5") @Nullable Long limit,
            @Schema(type = SchemaType.STRING, examples = "1m") @Nullable Duration window,
            @Nullable Long burst,
            @Nullable FailMode failMode, @Nullable Duration denyPenalty,
            @Schema(required = true, examples = "user-42") @Nullable String identifier,
            @Schema(description = "0 to 1,000,000; 0 peeks", defaultValue = "1") @Nullable Long cost) {

        @Schema(hidden = true)
        private boolean isInline() {
            return algorithm != null || limit != null || window != null || burst != null || failMode != null
                    || denyPenalty != null;
        }

        private PolicyDefinition definition() {
            return PolicyDefinition.of(algorithm, limit, window).withBurst(burst).withFailMode(failMode)
                    .withDenyPenalty(denyPenalty);
        }
    }

    /** Whether all checks were admitted, and the decision of each in order. */
    @RegisterForReflection
    @Schema(name = "CheckResults")
    public record CheckListResult(
            @Schema(description = "Whether every check was admitted. If `atomic` and false, nothing was charged") boolean allowed,
            List<Decision> results) {}

    @POST
    @Path("check")
    @Consumes(MediaType.APPLICATION_JSON)
    @RequiresScope(Scopes.RATELIMIT)
    @Operation(operationId = "checkRateLimits", summary = "Check many", description = "Decides up to 100 checks in one step, each under a named or an inline policy. The status is always 200: read `allowed`. With `atomic`, a result's `allowed` says whether that limit had room.")
    @RequestBody(content = @Content(schema = @Schema(implementation = CheckListRequest.class), examples = @ExampleObject(name = "two limits, all or none", value = EXAMPLE)))
    @APIResponse(responseCode = "200", description = "The decisions", content = @Content(schema = @Schema(implementation = CheckListResult.class)))
    @APIResponse(responseCode = "404", description = "A named policy does not exist")
    @APIResponse(responseCode = "409", description = "The policy has the algorithm `concurrency`: take a lease")
    public Uni<CheckListResult> check(@Nullable CheckListRequest request) {
        List<RequestedCheck> list = request == null ? null : request.checks();
        List<Violation> violations = new CheckListRequest(list, null).violations();
        if (list == null || !violations.isEmpty()) {
            throw ApiException.invalid(violations);
        }
        boolean atomic = request != null && Boolean.TRUE.equals(request.atomic());
        List<Uni<Check>> checks = list.stream().map(this::resolve).toList();
        return Uni.join().all(checks).andFailFast()
                .flatMap(resolved -> service.check(caller.tenant(), resolved, atomic))
                .map(decisions -> new CheckListResult(decisions.stream().allMatch(Decision::allowed), decisions));
    }

    private Uni<Check> resolve(RequestedCheck item) {
        String identifier = requireNonNull(item.identifier());
        Function<Policy, Check> check = policy -> new Check(policy, identifier,
                item.cost() == null ? 1 : item.cost());
        return item.policy() != null
                ? policies.get(caller.tenant(), item.policy()).map(check)
                : Uni.createFrom().item(check.apply(item.definition().toPolicy("inline", Policy.Source.INLINE)));
    }
}
