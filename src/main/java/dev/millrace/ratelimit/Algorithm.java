package dev.millrace.ratelimit;

import com.fasterxml.jackson.annotation.JsonValue;

/** How admissions are counted. {@code docs/rate-limiting.md} gives each one's over-admission bound, memory and cost. */
public enum Algorithm {
    /** Exact: never more than {@code limit} in any window. Remembers each admission. */
    SLIDING_WINDOW("sliding-window", "log", 10_000),
    /** Two counters; the older one weighs by the share of it still in the window. */
    SLIDING_WINDOW_COUNTER("sliding-window-counter", "ctr", Policy.MAX_LIMIT),
    /** A counter that starts with the first request and ends with the window. */
    FIXED_WINDOW("fixed-window", "win", Policy.MAX_LIMIT),
    /** {@code limit} tokens per window trickle into a bucket that holds {@code burst} (GCRA). */
    TOKEN_BUCKET("token-bucket", "bkt", Policy.MAX_LIMIT),
    /** At most {@code limit} leases held at once. */
    CONCURRENCY("concurrency", "lse", 10_000);

    private final String id;
    private final String keyPart;
    private final long maxLimit;

    Algorithm(String id, String keyPart, long maxLimit) {
        this.id = id;
        this.keyPart = keyPart;
        this.maxLimit = maxLimit;
    }

    /** Its name in requests, answers and scripts. */
    @JsonValue
    public String id() {
        return id;
    }

    /** The part of an identifier's keys its state lives in: each has its own, so that changing a policy is safe. */
    String keyPart() {
        return keyPart;
    }

    /** The highest limit it can be given: those that remember each admission are capped. */
    public long maxLimit() {
        return maxLimit;
    }

    @Override
    public String toString() {
        return id;
    }
}
