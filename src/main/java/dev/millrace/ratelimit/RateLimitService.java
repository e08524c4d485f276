package dev.millrace.ratelimit;

import java.util.ArrayList;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.redis.RedisTopology;
import dev.millrace.redis.RedisUnavailableException;

/**
 * Decides whether requests are admitted. Each decision is one atomic script in Redis, so any number of parallel callers and replicas
 * stays within the limit. While Redis is unavailable the policy's fail mode decides.
 */
@ApplicationScoped
public class RateLimitService {

    /** Maximum cost of one check. */
    public static final long MAX_COST = 1_000_000;

    /** Maximum cost of a list under sliding-window: the maximum of one check. */
    private static final long MAX_LOGGED = Algorithm.SLIDING_WINDOW.maxLimit();

    private final Policies policies;
    private final RateLimitStore store;
    private final RedisTopology redis;
    private final ClusterChecks cluster;
    private final Leases leases;
    private final FailModeDecider degraded;
    private final RateLimitMetrics metrics;

    RateLimitService(Policies policies, RateLimitStore store, RedisTopology redis, ClusterChecks cluster, Leases leases,
            FailModeDecider degraded, RateLimitMetrics metrics) {
        this.policies = policies;
        this.store = store;
        this.redis = redis;
        this.cluster = cluster;
        this.leases = leases;
        this.degraded = degraded;
        this.metrics = metrics;
    }

    /**
     * Consumes from a policy.
     *
     * @param cost 0 peeks
     */
    public Uni<Decision> check(String tenant, String policy, String identifier, long cost) {
        Policy known = policies.known(tenant, policy);
        return known != null
                ? check(tenant, known, identifier, cost)
                : policies.get(tenant, policy).flatMap(p -> check(tenant, p, identifier, cost));
    }

    /** Consumes from a policy that the caller has. */
    Uni<Decision> check(String tenant, Policy policy, String identifier, long cost) {
        Check check = new Check(requireCounting(policy), identifier, cost);
        return store.decide(tenant, check)
                .map(outcome -> metrics.counted(decision(check, outcome)))
                .onFailure(RedisUnavailableException::isOutage)
                .recoverWithUni(e -> degraded.decide(tenant, check, e).map(metrics::counted));
    }

    /** Returns the decision that a request of cost 1 would get; for a concurrency policy, that the next lease would get. */
    public Uni<Decision> peek(String tenant, String policy, String identifier) {
        return policies.get(tenant, policy).flatMap(p -> p.algorithm() == Algorithm.CONCURRENCY
                ? leases.peek(tenant, p, identifier)
                : check(tenant, p, identifier, 0));
    }

    /**
     * Decides several checks, at least one, in order. The same limit may occur twice.
     *
     * @param atomic whether all are charged or none. In a cluster the limits may be on different servers: then each is
     *        charged, and those admitted are refunded if another was denied; in between, other callers see the charge. Overdrafts that
     *        exceed 10,000 in total under sliding-window make each check of the list decide for itself
     */
    public Uni<List<Decision>> check(String tenant, List<Check> checks, boolean atomic) {
        checks.forEach(c -> requireCounting(c.policy()));
        requireBounded(checks);
        return outcomes(tenant, checks, atomic).map(list -> decisions(checks, list))
                .onFailure(RedisUnavailableException::isOutage).recoverWithUni(e -> degraded.decide(tenant, checks, e))
                .invoke(list -> list.forEach(metrics::counted));
    }

    /** Resets what an identifier has consumed. */
    public Uni<Void> reset(String tenant, String policy, String identifier) {
        return policies.get(tenant, policy).flatMap(p -> store.reset(tenant, p, identifier));
    }

    private static List<Decision> decisions(List<Check> checks, List<CheckOutcome> outcomes) {
        List<Decision> decisions = new ArrayList<>(checks.size());
        for (int i = 0; i < checks.size(); i++) {
            decisions.add(decision(checks.get(i), outcomes.get(i)));
        }
        return decisions;
    }

    private static Decision decision(Check check, CheckOutcome o) {
        return o.admitted()
                ? Decision.admitted(check, o.remaining(), toMs(o.reset()))
                : Decision.denied(check, o.remaining(), toMs(o.reset()), toMs(o.retryAfter()));
    }

    /** Rounds up, so that a caller that waits that many ms is not early. */
    private static long toMs(long micros) {
        return (micros + 999) / 1000;
    }

    private Uni<List<CheckOutcome>> outcomes(String tenant, List<Check> checks, boolean atomic) {
        if (logged(checks) > MAX_LOGGED) {
            // What is charged in any case must not be lost, and one script must not write that much.
            return Multi.createFrom().iterable(checks)
                    .onItem().transformToUniAndConcatenate(check -> store.decide(tenant, check)).collect().asList();
        }
        return redis.isCluster()
                ? cluster.decide(tenant, checks, atomic)
                : store.decide(tenant, checks, atomic).map(CheckOutcomes::list);
    }

    /** Returns how many entries the checks add under sliding-window: one per unit of cost, and Redis runs nothing else meanwhile. */
    private static long logged(List<Check> checks) {
        return checks.stream().filter(c -> c.policy().algorithm() == Algorithm.SLIDING_WINDOW)
                .mapToLong(c -> c.cost() <= c.policy().limit() ? c.cost() : c.overdraft() ? c.policy().limit() : 0)
                .sum();
    }

    private static void requireBounded(List<Check> checks) {
        if (logged(checks.stream().filter(c -> !c.isAlwaysCharged()).toList()) > MAX_LOGGED) {
            throw ApiException.invalid("checks",
                    "must not cost more than " + MAX_LOGGED + " under sliding-window in one list");
        }
    }

    private static Policy requireCounting(Policy policy) {
        if (policy.algorithm() == Algorithm.CONCURRENCY) {
            throw new ApiException(ErrorCode.ALGORITHM_MISMATCH, "Policy " + policy.name()
                    + " limits concurrency: take a lease with POST .../leases");
        }
        return policy;
    }
}
