package dev.millrace.ratelimit;

import com.fasterxml.jackson.annotation.JsonValue;

import dev.millrace.redis.KeyKind;

/** How admissions are counted. {@code docs/rate-limiting.md} lists the over-admission bound, memory and cost of each. */
public enum Algorithm {
    /** Exact: never more than {@code limit} in any window. Stores each admission. */
    SLIDING_WINDOW("sliding-window", KeyKind.LIMIT_LOG, 10_000),
    /** Two counters; the older one is weighted by its share that is still in the window. */
    SLIDING_WINDOW_COUNTER("sliding-window-counter", KeyKind.LIMIT_COUNTER, Policy.MAX_LIMIT),
    /** A counter that starts with the first request and ends with the window. */
    FIXED_WINDOW("fixed-window", KeyKind.LIMIT_WINDOW, Policy.MAX_LIMIT),
    /** A bucket of {@code burst} tokens that refills at {@code limit} tokens per window (GCRA). */
    TOKEN_BUCKET("token-bucket", KeyKind.LIMIT_BUCKET, Policy.MAX_LIMIT),
    /** At most {@code limit} leases held at once. */
    CONCURRENCY("concurrency", KeyKind.LIMIT_LEASES, 10_000);

    private final String id;
    private final KeyKind keyKind;
    private final long maxLimit;

    Algorithm(String id, KeyKind keyKind, long maxLimit) {
        this.id = id;
        this.keyKind = keyKind;
        this.maxLimit = maxLimit;
    }

    /** Returns its name in requests, responses and scripts. */
    @JsonValue
    public String id() {
        return id;
    }

    /** Returns the kind of key that holds its state. Each algorithm has its own, so changing a policy is safe. */
    KeyKind keyKind() {
        return keyKind;
    }

    /** Returns the maximum limit; it is lower for algorithms that store each admission. */
    public long maxLimit() {
        return maxLimit;
    }

    @Override
    public String toString() {
        return id;
    }
}
