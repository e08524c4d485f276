package dev.millrace.ratelimit;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.sortedset.ReactiveSortedSetCommands;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

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
    public record Grant(String lease, long ttlMs, Instant expiresAt, Decision decision) {}

    private final Policies policies;
    private final ReactiveSortedSetCommands<String, String> leases;
    private final ScriptRunner scripts;
    private final FailModeDecider degraded;
    private final RateLimitMetrics metrics;
    private final Script acquire;
    private final Script renew;
    private final SecureRandom random = new SecureRandom();

    Leases(Policies policies, ReactiveRedisDataSource redis, ScriptRunner scripts, FailModeDecider degraded,
            RateLimitMetrics metrics) {
        this.policies = policies;
        this.leases = redis.sortedSet(String.class);
        this.scripts = scripts;
        this.degraded = degraded;
        this.metrics = metrics;
        this.acquire = scripts.get("ratelimit/acquire-1");
        this.renew = scripts.get("ratelimit/renew-1");
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
            return run(acquire, tenant, check, ttl, lease)
                    .map(reply -> {
                        Decision d = decision(check, reply);
                        return d.overLimit()
                                ? new Grant(null, 0, null, d)
                                : new Grant(lease, ttl, Instant.ofEpochMilli(reply.get(4).toLong() + ttl), d);
                    })
                    .onFailure(RedisUnavailableException::isOutage)
                    .recoverWithUni(e -> degraded.decide(tenant, check, e)
                            .map(d -> d.allowed()
                                    ? new Grant(DEGRADED + lease, ttl, Instant.now().plusMillis(ttl), d)
                                    : new Grant(null, 0, null, d)))
                    .invoke(grant -> metrics.counted(grant.decision()));
        });
    }

    /** Extends a valid lease to {@code ttlMs} from now; 0 for the maximum of the policy. */
    public Uni<Grant> renew(String tenant, String policy, String identifier, String lease, long ttlMs) {
        return policies.get(tenant, policy).flatMap(p -> {
            long ttl = checkedTtl(requireConcurrency(p), ttlMs);
            Check check = new Check(p, identifier, 1);
            Uni<Grant> renewed = run(renew, tenant, check, ttl, lease).flatMap(reply -> {
                if (reply.get(0).toInteger() == 1) {
                    return Uni.createFrom()
                            .item(new Grant(lease, ttl, Instant.ofEpochMilli(reply.get(2).toLong() + ttl),
                                    Decision.of(check, true, reply.get(1).toLong(), ttl, 0, false)));
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
        return run(acquire, tenant, check, ttl, lease).map(reply -> {
            if (reply.get(0).toInteger() == 0) {
                throw unknown(lease);
            }
            return new Grant(lease, ttl, Instant.ofEpochMilli(reply.get(4).toLong() + ttl), decision(check, reply));
        });
    }

    /** Releases a lease. */
    public Uni<Void> release(String tenant, String policy, String identifier, String lease) {
        return policies.get(tenant, policy).flatMap(p -> {
            requireConcurrency(p);
            Uni<Void> released = leases.zrem(key(tenant, p, identifier), lease)
                    .invoke(removed -> {
                        if (removed == 0 && !lease.startsWith(DEGRADED)) {
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
        return run(acquire, tenant, check, p.windowMs(), "").map(reply -> decision(check, reply))
                .onFailure(RedisUnavailableException::isOutage).recoverWithUni(e -> degraded.decide(tenant, check, e));
    }

    private Uni<Response> run(Script script, String tenant, Check check, long ttl, String lease) {
        return scripts.run(script, List.of(key(tenant, check.policy(), check.identifier())),
                List.of(Long.toString(check.policy().limit()), Long.toString(ttl), lease));
    }

    private static String key(String tenant, Policy p, String identifier) {
        return RateLimitStore.stateKey(tenant, p, identifier);
    }

    private static Decision decision(Check check, Response reply) {
        boolean acquired = reply.get(0).toInteger() == 1;
        return Decision.of(check, acquired, reply.get(1).toLong(), reply.get(2).toLong(),
                acquired ? 0 : Math.max(1, reply.get(3).toLong()), false);
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
