package dev.millrace.ratelimit;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits while Redis is unavailable: a token bucket per identifier in this replica's memory, with the policy's limit divided by the
 * number of replicas, at least 1. For every algorithm, it admits at most that share at once and per window on average. It covers
 * the {@value #MAX_IDENTIFIERS} most recent identifiers and does not include what Redis has counted.
 */
final class LocalLimiter {

    static final int MAX_IDENTIFIERS = 10_000;

    private static final class Bucket {
        private double tokens;
        private long at;
    }

    /** What the tokens may lack because numbers are rounded: the time until a retry must be enough. */
    private static final double ROUNDING = 1e-9;

    private final int replicas;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_IDENTIFIERS;
        }
    };

    LocalLimiter(int replicas) {
        this.replicas = replicas;
    }

    Decision decide(String tenant, Check check) {
        return decide(tenant, check, System.nanoTime());
    }

    synchronized Decision decide(String tenant, Check check, long nanos) {
        Policy p = check.policy();
        double perMs = Math.max(1.0, (double) p.limit() / replicas) / p.windowMs();
        double capacity = Math.max(1, p.burst() / replicas);
        String key = RateLimitStore.stateKey(tenant, p, check.identifier());
        Bucket bucket = buckets.get(key);
        if (bucket == null) {
            bucket = new Bucket();
            bucket.tokens = capacity;
            bucket.at = nanos;
            buckets.put(key, bucket);
        }
        bucket.tokens = Math.min(capacity, bucket.tokens + (nanos - bucket.at) / 1e6 * perMs);
        bucket.at = nanos;
        long asked = Math.max(1, check.cost());
        boolean admitted = bucket.tokens + ROUNDING >= asked;
        long retryMs = admitted ? 0 : p.windowMs();
        if (admitted || check.overdraft()) {
            // After an overdraft, a cost of 1 fits within a window.
            bucket.tokens = Math.max(bucket.tokens - check.cost(), 1 - perMs * p.windowMs());
        }
        if (!admitted && asked <= capacity) {
            retryMs = (long) Math.ceil((asked - bucket.tokens) / perMs);
        }
        long remaining = Math.max(0, (long) (bucket.tokens + ROUNDING));
        long resetMs = (long) Math.ceil((capacity - bucket.tokens) / perMs);
        Decision decision = admitted
                ? Decision.admitted(check, remaining, resetMs)
                : Decision.denied(check, remaining, resetMs, retryMs);
        return decision.asDegraded();
    }
}
