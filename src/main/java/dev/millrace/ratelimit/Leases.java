package dev.millrace.ratelimit;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.redis.RedisUnavailableException;

/**
 * The algorithm {@code concurrency}: at most {@code limit} leases of an identifier at once. A lease that is not renewed
 * expires, so the place of a crashed holder becomes free.
 */
@ApplicationScoped
public class Leases {

    /** Marks a lease that was granted without Redis: it is not counted and need not be released. */
    private static final String DEGRADED = "degraded-";

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
    public Uni<LeaseGrant> acquire(String tenant, String policy, String identifier, long ttlMs) {
        return policies.get(tenant, policy).flatMap(p -> {
            long ttl = checkedTtl(requireConcurrency(p), ttlMs);
            Check check = new Check(p, identifier, 1);
            String lease = newLease();
            return store.acquire(tenant, p, identifier, ttl, lease)
                    .map(acquired -> {
                        Decision d = decision(check, acquired);
                        return d.overLimit()
                                ? LeaseGrant.denied(d)
                                : new LeaseGrant(lease, ttl, Instant.ofEpochMilli(acquired.now() + ttl), d);
                    })
                    .onFailure(RedisUnavailableException::isOutage)
                    .recoverWithUni(e -> degraded.decide(tenant, check, e)
                            .map(d -> d.allowed()
                                    ? new LeaseGrant(DEGRADED + lease, ttl, Instant.now().plusMillis(ttl), d)
                                    : LeaseGrant.denied(d)))
                    .invoke(grant -> metrics.counted(grant.decision()));
        });
    }

    /** Extends a valid lease to {@code ttlMs} from now; 0 for the maximum of the policy. */
    public Uni<LeaseGrant> renew(String tenant, String policy, String identifier, String lease, long ttlMs) {
        return policies.get(tenant, policy).flatMap(p -> {
            long ttl = checkedTtl(requireConcurrency(p), ttlMs);
            Check check = new Check(p, identifier, 1);
            Uni<LeaseGrant> renewed = store.renew(tenant, p, identifier, ttl, lease).flatMap(now -> {
                if (now.held()) {
                    return Uni.createFrom().item(new LeaseGrant(lease, ttl, Instant.ofEpochMilli(now.now() + ttl),
                            Decision.admitted(check, now.remaining(), ttl)));
                }
                return lease.startsWith(DEGRADED)
                        ? register(tenant, check, ttl, lease)
                        : Uni.createFrom().failure(unknown(lease));
            });
            return lease.startsWith(DEGRADED)
                    ? renewed.onFailure(RedisUnavailableException::isOutage).recoverWithItem(
                            () -> new LeaseGrant(lease, ttl, Instant.now().plusMillis(ttl),
                                    Decision.admitted(check, 0, ttl).asDegraded()))
                    : renewed;
        });
    }

    /** Renews a lease that was granted without Redis: it takes a place like any other, or ends if none is free. */
    private Uni<LeaseGrant> register(String tenant, Check check, long ttl, String lease) {
        return store.acquire(tenant, check.policy(), check.identifier(), ttl, lease).map(acquired -> {
            if (!acquired.acquired()) {
                throw unknown(lease);
            }
            return new LeaseGrant(lease, ttl, Instant.ofEpochMilli(acquired.now() + ttl), decision(check, acquired));
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
    Uni<Decision> peek(String tenant, Policy p, String identifier) {
        Check check = new Check(p, identifier, 0);
        return store.acquire(tenant, p, identifier, p.windowMs(), "").map(acquired -> decision(check, acquired))
                .onFailure(RedisUnavailableException::isOutage).recoverWithUni(e -> degraded.decide(tenant, check, e));
    }

    private static Decision decision(Check check, LeaseAcquisition a) {
        return a.acquired()
                ? Decision.admitted(check, a.remaining(), a.reset())
                : Decision.denied(check, a.remaining(), a.reset(), Math.max(1, a.retryAfter()));
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
