package dev.millrace.ratelimit;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;

import dev.millrace.metrics.CappedCounters;
import dev.millrace.timer.Rounds;

/** {@code millrace_ratelimit_decisions_total{policy,outcome}}. Policies beyond 1,000 at a time count as "other"; those that are gone
 * lose their series. */
@Singleton
class RateLimitMetrics {

    private enum Result {
        ALLOWED,
        DENIED,
        SHADOW_DENIED,
        DEGRADED_ALLOWED,
        DEGRADED_DENIED
    }

    /** Inline policies and rules of Envoy are not among the policies that exist; their series stay for 10 minutes without use. */
    private static final long ROUND_MS = 5000;
    private static final int IDLE_ROUNDS = 120;

    private final Policies policies;
    private final CappedCounters<Result> decisions;

    RateLimitMetrics(MeterRegistry registry, Policies policies) {
        this.policies = policies;
        this.decisions = new CappedCounters<>(registry, "millrace.ratelimit.decisions", "Rate-limit decisions",
                "policy", "outcome", Result.class);
    }

    void start(@Observes StartupEvent event, Rounds rounds) {
        rounds.everyBlocking(ROUND_MS, this::removeUnusedSeries);
    }

    private void removeUnusedSeries() {
        decisions.removeUnused(policies::exists, IDLE_ROUNDS);
    }

    /** Counts a decision, unless its cost is 0. Returns the decision. */
    Decision counted(Decision d) {
        if (d.check().cost() > 0) {
            decisions.increment(d.check().policy().metricName(), result(d));
        }
        return d;
    }

    private static Result result(Decision d) {
        if (d.degraded()) {
            return d.allowed() ? Result.DEGRADED_ALLOWED : Result.DEGRADED_DENIED;
        }
        return d.overLimit() ? d.allowed() ? Result.SHADOW_DENIED : Result.DENIED : Result.ALLOWED;
    }
}
