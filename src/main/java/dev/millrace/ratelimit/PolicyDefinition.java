package dev.millrace.ratelimit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;

/** A policy in a request, in Redis or in the configuration. Absent fields take their defaults. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicyDefinition(
        @Schema(description = "How admissions are counted", examples = "sliding-window", required = true) @Nullable Algorithm algorithm,
        @Schema(description = "Requests per window, or leases at once; 1 to 1,000,000,000 (10,000 for sliding-window and concurrency)", examples = "5", required = true) @Nullable Long limit,
        @Schema(description = "Length of the window, 1 ms to 366 days; for concurrency the longest lease (default 1m)", type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING, examples = "1m") @Nullable Duration window,
        @Schema(description = "token-bucket only: capacity of the bucket; default the limit", examples = "10") @Nullable Long burst,
        @Schema(description = "The decision while Redis is unavailable; default open", examples = "local") @Nullable FailMode failMode,
        @Schema(description = "How long a denial blocks the identifier; default no penalty", type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING, examples = "30s") @Nullable Duration denyPenalty,
        @Schema(description = "Decides and counts, but always admits; default false") @Nullable Boolean shadow)
        implements
            Validated {

    private static final Duration MAX_WINDOW = Duration.ofDays(366);
    /** With more, the time until a bucket is full would not fit into a reply of Redis. */
    private static final Duration MAX_REFILL = Duration.ofDays(36_500);
    private static final Duration DEFAULT_LEASE = Duration.ofMinutes(1);

    /** A definition with defaults for all other fields. */
    public static PolicyDefinition of(@Nullable Algorithm algorithm, @Nullable Long limit, @Nullable Duration window) {
        return new PolicyDefinition(algorithm, limit, window, null, null, null, null);
    }

    /** The same with a burst; null for the limit. */
    public PolicyDefinition withBurst(@Nullable Long burst) {
        return new PolicyDefinition(algorithm, limit, window, burst, failMode, denyPenalty, shadow);
    }

    /** The same with a fail mode; null for the default. */
    public PolicyDefinition withFailMode(@Nullable FailMode failMode) {
        return new PolicyDefinition(algorithm, limit, window, burst, failMode, denyPenalty, shadow);
    }

    /** The same with a penalty; null for none. */
    public PolicyDefinition withDenyPenalty(@Nullable Duration denyPenalty) {
        return new PolicyDefinition(algorithm, limit, window, burst, failMode, denyPenalty, shadow);
    }

    /** The same with or without shadow mode; null for without. */
    public PolicyDefinition withShadow(@Nullable Boolean shadow) {
        return new PolicyDefinition(algorithm, limit, window, burst, failMode, denyPenalty, shadow);
    }

    @Override
    public List<Violation> violations() {
        return violations("");
    }

    /** Returns the violations, each field with {@code prefix}; empty if the definition is valid. */
    public List<Violation> violations(String prefix) {
        List<Violation> found = new ArrayList<>();
        if (algorithm == null) {
            found.add(new Violation(prefix + "algorithm", "must be given"));
        }
        long maxLimit = algorithm == null ? Policy.MAX_LIMIT : algorithm.maxLimit();
        if (limit == null) {
            found.add(new Violation(prefix + "limit", "must be given"));
        } else if (limit < 1 || limit > maxLimit) {
            found.add(new Violation(prefix + "limit", "must be between 1 and " + maxLimit
                    + (algorithm == Algorithm.SLIDING_WINDOW ? "; above it use sliding-window-counter" : "")));
        }
        if (window == null && algorithm != Algorithm.CONCURRENCY) {
            found.add(new Violation(prefix + "window", "must be given"));
        } else if (window != null && (window.toMillis() < 1 || window.compareTo(MAX_WINDOW) > 0)) {
            found.add(new Violation(prefix + "window", "must be between 1 ms and 366 days"));
        }
        if (burst != null && algorithm != Algorithm.TOKEN_BUCKET) {
            found.add(new Violation(prefix + "burst", "belongs to token-bucket only"));
        } else if (burst != null && (burst < 1 || burst > Policy.MAX_LIMIT)) {
            found.add(new Violation(prefix + "burst", "must be between 1 and " + Policy.MAX_LIMIT));
        } else if (burst != null && found.isEmpty()
                && requireNonNull(window).toMillis() * (double) burst / requireNonNull(limit) > MAX_REFILL.toMillis()) {
            found.add(new Violation(prefix + "burst", "must be refilled within 100 years"));
        }
        if (denyPenalty != null && algorithm == Algorithm.CONCURRENCY) {
            found.add(new Violation(prefix + "denyPenalty", "does not belong to concurrency"));
        } else if (denyPenalty != null && denyPenalty.compareTo(MAX_WINDOW) > 0) {
            found.add(new Violation(prefix + "denyPenalty", "must be at most 366 days"));
        }
        return found;
    }

    /** Returns the policy. The definition must have no {@link #violations}. */
    public Policy toPolicy(String name, Policy.Source source) {
        long most = requireNonNull(limit);
        return Policy.of(name, requireNonNull(algorithm), most, (window == null ? DEFAULT_LEASE : window).toMillis())
                .withBurst(burst == null ? most : burst).withFailMode(failMode == null ? FailMode.OPEN : failMode)
                .withDenyPenalty(denyPenalty == null ? 0 : denyPenalty.toMillis())
                .withShadow(Boolean.TRUE.equals(shadow)).withSource(source);
    }
}
