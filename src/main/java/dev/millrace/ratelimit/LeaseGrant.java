package dev.millrace.ratelimit;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A lease, or its denial.
 *
 * @param lease null if denied
 * @param expiresAt null if denied
 */
public record LeaseGrant(@Nullable String lease, long ttlMs, @Nullable Instant expiresAt, Decision decision) {

    static LeaseGrant denied(Decision decision) {
        return new LeaseGrant(null, 0, null, decision);
    }
}
