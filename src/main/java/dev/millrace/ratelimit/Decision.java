package dev.millrace.ratelimit;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The result of a {@link Check}. */
@RegisterForReflection
public record Decision(
        @Schema(description = "Whether the request is admitted", examples = "true") boolean allowed,
        @Schema(examples = "login") String policy,
        @Schema(examples = "user-42") String identifier,
        @Schema(description = "The policy's limit", examples = "5") long limit,
        @Schema(description = "What remains now", examples = "4") long remaining,
        @Schema(description = "Milliseconds until the whole limit is available again, if nothing more is consumed", examples = "60000") long resetMs,
        @Schema(description = "Milliseconds until the same cost would be admitted; 0 if it was admitted", examples = "0") long retryAfterMs,
        @Schema(description = "Whether Redis was unavailable and the policy's failMode decided", examples = "false") boolean degraded,
        @Schema(description = "Present and true for a policy in shadow mode: `allowed` is true whatever `retryAfterMs` says") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean shadow,
        @JsonIgnore Check check) {

    /** A decision that admits the request. */
    static Decision admitted(Check check, long remaining, long resetMs) {
        return of(check, true, remaining, resetMs, 0);
    }

    /** A decision that denies the request; in shadow mode it is admitted all the same. */
    static Decision denied(Check check, long remaining, long resetMs, long retryAfterMs) {
        return of(check, check.policy().shadow(), remaining, resetMs, retryAfterMs);
    }

    private static Decision of(Check check, boolean allowed, long remaining, long resetMs, long retryAfterMs) {
        Policy p = check.policy();
        return new Decision(allowed, p.name(), check.identifier(), p.limit(), remaining, resetMs, retryAfterMs, false,
                p.shadow() ? Boolean.TRUE : null, check);
    }

    /** The same decision, made by the policy's fail mode. */
    Decision asDegraded() {
        return new Decision(allowed, policy, identifier, limit, remaining, resetMs, retryAfterMs, true, shadow, check);
    }

    /** Returns whether the cost exceeds what the limit can ever admit. */
    @Schema(hidden = true)
    boolean isHopeless() {
        return check.cost() > check.policy().burst();
    }

    /** Returns whether the limit was exceeded, even if shadow mode admitted the request. */
    boolean overLimit() {
        return retryAfterMs > 0;
    }
}
