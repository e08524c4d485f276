package dev.millrace.ratelimit;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.ratelimit.LeaseStore.Acquired;
import dev.millrace.redis.RedisUnavailableException;

/**
 * The algorithm {@code concurrency}: at most {@code limit} leases of an identifier at once. A lease that is not renewed
 * expires, so the place of a crashed holder becomes free.
 */
@ApplicationScoped
public class Leases {

    /** Marks a lease that was granted without Redis: it is not counted and need not be released. */
    private static final String DEGRADED = "degraded-";

    /**
     * A lease, or its denial.
     *
     * @param lease null if denied
     * @param expiresAt null if denied
     */
    public record Grant(@Nullable String lease, long ttlMs, @Nullable Instant expiresAt, Decision decision) {

        static Grant denied(Decision decision) {
            return new Grant(null, 0, null, decision);
        }
    }

    private final Policies policies;
    private final LeaseStore store;
    private final FailModeDecider degraded;
    private final RateLimitMetrics metrics;
    private final SecureRandom random = new SecureRandom();

    Leases(Policies policies, LeaseStore store, FailModeDecider degraded, RateLimitMetrics metrics) {
        this.policies = policies;
        this.store = store;
        this.degraded = degraded;
        this.metrics = metrics;
    }

    /**
     * Takes a lease if one is free.
     *
     * @param ttlMs lifetime unless it is renewed; 0 for the maximum of the policy
     */
    public Uni<Grant> acquire(String tenant, String policy, String identifier, long ttlMs) {
        return policies.get(tenant, policy).flatMap(p -> {
            long ttl = checkedTtl(requireConcurrency(p), ttlMs);
            Check check = new Check(p, identifier, 1);
            String lease = newLease();
            return store.acquire(tenant, p, identifier, ttl, lease)
                    .map(acquired -> {
                        Decision d = decision(check, acquired);
                        return d.overLimit()
                                ? Grant.denied(d)
                                : new Grant(lease, ttl, Instant.ofEpochMilli(acquired.now() + ttl), d);
                    })
                    .onFailure(RedisUnavailableException::isOutage)
                    .recoverWithUni(e -> degraded.decide(tenant, check, e)
                            .map(d -> d.allowed()
                                    ? new Grant(DEGRADED + lease, ttl, Instant.now().plusMillis(ttl), d)
                                    : Grant.denied(d)))
                    .invoke(grant -> metrics.counted(grant.decision()));
        });
    }

    /** Extends a valid lease to {@code ttlMs} from now; 0 for the maximum of the policy. */
    public Uni<Grant> renew(String tenant, String policy, String identifier, String lease, long ttlMs) {
        return policies.get(tenant, policy).flatMap(p -> {
            long ttl = checkedTtl(requireConcurrency(p), ttlMs);
            Check check = new Check(p, identifier, 1);
            Uni<Grant> renewed = store.renew(tenant, p, identifier, ttl, lease).flatMap(now -> {
                if (now.held()) {
                    return Uni.createFrom().item(new Grant(lease, ttl, Instant.ofEpochMilli(now.now() + ttl),
                            Decision.of(check, true, now.remaining(), ttl, 0, false)));
                }
                return lease.startsWith(DEGRADED)
                        ? register(tenant, check, ttl, lease)
                        : Uni.createFrom().failure(unknown(lease));
            });
            return lease.startsWith(DEGRADED)
                    ? renewed.onFailure(RedisUnavailableException::isOutage).recoverWithItem(
                            () -> new Grant(lease, ttl, Instant.now().plusMillis(ttl),
                                    Decision.of(check, true, 0, ttl, 0, true)))
                    : renewed;
        });
    }

    /** Renews a lease that was granted without Redis: it takes a place like any other, or ends if none is free. */
    private Uni<Grant> register(String tenant, Check check, long ttl, String lease) {
        return store.acquire(tenant, check.policy(), check.identifier(), ttl, lease).map(acquired -> {
            if (!acquired.acquired()) {
                throw unknown(lease);
            }
            return new Grant(lease, ttl, Instant.ofEpochMilli(acquired.now() + ttl), decision(check, acquired));
        });
    }

    /** Releases a lease. */
    public Uni<Void> release(String tenant, String policy, String identifier, String lease) {
        return policies.get(tenant, policy).flatMap(p -> {
            requireConcurrency(p);
            Uni<Void> released = store.release(tenant, p, identifier, lease)
                    .invoke(held -> {
                        if (!held && !lease.startsWith(DEGRADED)) {
                            throw unknown(lease);
                        }
                    }).replaceWithVoid();
            return lease.startsWith(DEGRADED)
                    ? released.onFailure(RedisUnavailableException::isOutage).recoverWithNull()
                    : released;
        });
    }

    /** Returns the decision that taking a lease would get now. */
    Uni<Decision> look(String tenant, Policy p, String identifier) {
        Check check = new Check(p, identifier, 0);
        return store.acquire(tenant, p, identifier, p.windowMs(), "").map(acquired -> decision(check, acquired))
                .onFailure(RedisUnavailableException::isOutage).recoverWithUni(e -> degraded.decide(tenant, check, e));
    }

    private static Decision decision(Check check, Acquired a) {
        return Decision.of(check, a.acquired(), a.remaining(), a.reset(),
                a.acquired() ? 0 : Math.max(1, a.retryAfter()), false);
    }

    private static Policy requireConcurrency(Policy p) {
        if (p.algorithm() != Algorithm.CONCURRENCY) {
            throw new ApiException(ErrorCode.ALGORITHM_MISMATCH,
                    "Leases need the algorithm concurrency; policy " + p.name() + " has " + p.algorithm());
        }
        return p;
    }

    private static long checkedTtl(Policy p, long ttlMs) {
        if (ttlMs > p.windowMs()) {
            throw ApiException.invalid("ttl", "must be at most the policy's window, " + p.windowMs() + " ms");
        }
        return ttlMs == 0 ? p.windowMs() : ttlMs;
    }

    private static ApiException unknown(String lease) {
        return new ApiException(ErrorCode.LEASE_UNKNOWN, "Lease " + lease + " was released, has expired or is unknown");
    }

    private String newLease() {
        byte[] id = new byte[16];
        random.nextBytes(id);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }
}
