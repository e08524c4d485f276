package dev.millrace.ratelimit;

import java.util.ArrayList;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.CompositeException;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.ApiException;
import dev.millrace.http.ErrorCode;
import dev.millrace.ratelimit.RateLimitStore.Outcome;
import dev.millrace.ratelimit.RateLimitStore.Outcomes;
import dev.millrace.redis.RedisLinks;
import dev.millrace.redis.RedisUnavailableException;

/**
 * Decides whether requests may go on. Each decision is one atomic script in Redis, so no number of parallel callers or
 * replicas is admitted beyond the limit; while Redis is away the policy's fail mode decides.
 */
@ApplicationScoped
public class RateLimitService {

    /** The most one check may consume. */
    public static final long MAX_COST = 1_000_000;

    private final Policies policies;
    private final RateLimitStore store;
    private final RedisLinks redis;
    private final Leases leases;
    private final Degraded degraded;
    private final RateLimitMetrics metrics;

    RateLimitService(Policies policies, RateLimitStore store, RedisLinks redis, Leases leases, Degraded degraded,
            RateLimitMetrics metrics) {
        this.policies = policies;
        this.store = store;
        this.redis = redis;
        this.leases = leases;
        this.degraded = degraded;
        this.metrics = metrics;
    }

    /**
     * Consumes from a policy.
     *
     * @param cost 0 only looks
     */
    public Uni<Decision> check(String tenant, String policy, String identifier, long cost) {
        Policy known = policies.known(tenant, policy);
        return known != null
                ? check(tenant, known, identifier, cost)
                : policies.get(tenant, policy).flatMap(p -> check(tenant, p, identifier, cost));
    }

    /** Consumes from a policy that is at hand. */
    Uni<Decision> check(String tenant, Policy policy, String identifier, long cost) {
        Check check = new Check(requireCounting(policy), identifier, cost);
        return store.decide(tenant, check)
                .map(outcome -> decision(check, outcome))
                .onFailure(RedisUnavailableException.class).recoverWithUni(e -> degraded.decide(tenant, check, e))
                .invoke(metrics::count);
    }

    /** What the next request of cost 1 would be told; of a concurrency policy, what the next lease would be. */
    public Uni<Decision> look(String tenant, String policy, String identifier) {
        return policies.get(tenant, policy).flatMap(p -> p.algorithm() == Algorithm.CONCURRENCY
                ? leases.look(tenant, p, identifier)
                : check(tenant, p, identifier, 0));
    }

    /**
     * Decides several checks, in order. The same limit may occur twice.
     *
     * @param atomic whether all are charged or none. In a cluster the limits may live on different servers: then each is
     *        charged, and those admitted get their charge back when another was denied; for that moment others see it
     */
    public Uni<List<Decision>> check(String tenant, List<Check> checks, boolean atomic) {
        checks.forEach(c -> requireCounting(c.policy()));
        Uni<List<Decision>> decisions;
        if (!redis.isCluster() && !checks.isEmpty()) {
            decisions = store.decide(tenant, checks, atomic).map(outcomes -> decisions(checks, outcomes));
        } else {
            decisions = oneByOne(tenant, checks, atomic);
        }
        return decisions
                .onFailure(RedisUnavailableException.class).recoverWithUni(e -> degraded.decide(tenant, checks, e))
                .invoke(list -> list.forEach(metrics::count));
    }

    /** Forgets what an identifier has consumed. */
    public Uni<Void> reset(String tenant, String policy, String identifier) {
        return policies.get(tenant, policy).flatMap(p -> store.reset(tenant, p, identifier));
    }

    private Uni<List<Decision>> oneByOne(String tenant, List<Check> checks, boolean atomic) {
        if (checks.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        List<Uni<Outcomes>> calls = new ArrayList<>(checks.size());
        for (Check check : checks) {
            calls.add(store.decide(tenant, List.of(check), false));
        }
        return Uni.join().all(calls).andCollectFailures()
                .onFailure().transform(RateLimitService::firstFailure)
                .flatMap(answers -> {
                    List<Decision> decisions = new ArrayList<>(checks.size());
                    for (int i = 0; i < checks.size(); i++) {
                        decisions.add(decision(checks.get(i), answers.get(i).list().get(0)));
                    }
                    Uni<List<Decision>> result = Uni.createFrom().item(decisions);
                    boolean refund = atomic && !decisions.stream().allMatch(Decision::allowed);
                    return refund ? result.call(() -> refund(tenant, checks, answers)) : result;
                });
    }

    private Uni<?> refund(String tenant, List<Check> checks, List<Outcomes> answers) {
        List<Uni<Void>> refunds = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            if (answers.get(i).list().get(0).admitted() && checks.get(i).cost() > 0) {
                refunds.add(store.refund(tenant, checks.get(i), answers.get(i).decidedAt()));
            }
        }
        return refunds.isEmpty() ? Uni.createFrom().voidItem() : Uni.join().all(refunds).andCollectFailures();
    }

    private static Throwable firstFailure(Throwable e) {
        if (e instanceof CompositeException composite) {
            return composite.getCauses().get(0);
        }
        return e;
    }

    private static List<Decision> decisions(List<Check> checks, Outcomes outcomes) {
        List<Decision> decisions = new ArrayList<>(checks.size());
        for (int i = 0; i < checks.size(); i++) {
            decisions.add(decision(checks.get(i), outcomes.list().get(i)));
        }
        return decisions;
    }

    private static Decision decision(Check check, Outcome o) {
        return Decision.of(check, o.admitted(), o.remaining(), toMs(o.reset()), toMs(o.retryAfter()), false);
    }

    /** Rounded up: whoever comes back after that many ms must not be early. */
    private static long toMs(long micros) {
        return (micros + 999) / 1000;
    }

    private static Policy requireCounting(Policy policy) {
        if (policy.algorithm() == Algorithm.CONCURRENCY) {
            throw new ApiException(ErrorCode.ALGORITHM_MISMATCH, "Policy " + policy.name()
                    + " limits concurrency: take a lease with POST .../leases");
        }
        return policy;
    }
}
