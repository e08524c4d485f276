package dev.millrace.ratelimit;

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
public record Policy(String name, Algorithm algorithm, long limit, long windowMs, long burst, FailMode failMode,
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

    /** What metrics call it: its name where names are few, else the kind of policy. */
    String metricName() {
        return source.named ? name : source.id;
    }
}
