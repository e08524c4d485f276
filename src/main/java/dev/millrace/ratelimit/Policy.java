package dev.millrace.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * A limit.
 *
 * @param name part of the keys of its counters
 * @param algorithm how admissions are counted
 * @param limit requests per window, or leases at once
 * @param windowMs length of the window, or longest lease
 * @param burst capacity of a token bucket; the limit for the other algorithms
 * @param failMode the decision while Redis is unavailable; null to fail instead
 * @param denyPenaltyMs how long a denial blocks the identifier; 0 for no penalty
 * @param shadow whether denials are only counted
 * @param source where the policy was defined
 */
public record Policy(String name, Algorithm algorithm, long limit, long windowMs, long burst,
        @Nullable FailMode failMode,
        long denyPenaltyMs, boolean shadow, Source source) {

    /** The maximum limit of any algorithm. */
    public static final long MAX_LIMIT = 1_000_000_000;

    /** Where a policy was defined. */
    public enum Source {
        /** Defined over HTTP, kept in Redis. */
        API("api", true),
        /** Configured, the same for every tenant, read-only. */
        CONFIG("config", true),
        /** Given with a check. */
        INLINE("inline", false),
        /** From the descriptors of Envoy's protocol. */
        ENVOY("envoy", true);

        private final String id;
        private final boolean named;

        Source(String id, boolean named) {
            this.id = id;
            this.named = named;
        }

        public String id() {
            return id;
        }
    }

    /** A policy with the defaults: no burst beyond the limit, fail mode open, no penalty, not in shadow mode, from the API. */
    public static Policy of(String name, Algorithm algorithm, long limit, long windowMs) {
        return new Policy(name, algorithm, limit, windowMs, limit, FailMode.OPEN, 0, false, Source.API);
    }

    /** The same with another capacity of the token bucket. */
    public Policy withBurst(long capacity) {
        return new Policy(name, algorithm, limit, windowMs, capacity, failMode, denyPenaltyMs, shadow, source);
    }

    /** The same with another fail mode; null to decide nothing and fail. */
    public Policy withFailMode(@Nullable FailMode mode) {
        return new Policy(name, algorithm, limit, windowMs, burst, mode, denyPenaltyMs, shadow, source);
    }

    /** The same with another penalty of a denial, in ms; 0 for none. */
    public Policy withDenyPenalty(long ms) {
        return new Policy(name, algorithm, limit, windowMs, burst, failMode, ms, shadow, source);
    }

    /** The same in shadow mode, or not. */
    public Policy withShadow(boolean on) {
        return new Policy(name, algorithm, limit, windowMs, burst, failMode, denyPenaltyMs, on, source);
    }

    /** The same from elsewhere. */
    public Policy withSource(Source from) {
        return new Policy(name, algorithm, limit, windowMs, burst, failMode, denyPenaltyMs, shadow, from);
    }

    /** What metrics call it: its name where names are few, else the kind of policy. */
    String metricName() {
        return source.named ? name : source.id;
    }
}
