package dev.millrace.ratelimit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.inject.Singleton;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** {@code millrace_ratelimit_decisions_total{policy,outcome}}. Policies beyond the first 1,000 count as "other". */
@Singleton
class RateLimitMetrics {

    private static final int MAX_POLICIES = 1000;

    private enum Result {
        ALLOWED,
        DENIED,
        SHADOW_DENIED,
        DEGRADED_ALLOWED,
        DEGRADED_DENIED
    }

    private final MeterRegistry registry;
    private final Map<String, Counter[]> counters = new ConcurrentHashMap<>();

    RateLimitMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Counts a decision, unless it was only a look. */
    Decision counted(Decision d) {
        if (d.check().cost() > 0) {
            of(d.check().policy().metricName())[result(d).ordinal()].increment();
        }
        return d;
    }

    private static Result result(Decision d) {
        if (d.degraded()) {
            return d.allowed() ? Result.DEGRADED_ALLOWED : Result.DEGRADED_DENIED;
        }
        return d.overLimit() ? d.allowed() ? Result.SHADOW_DENIED : Result.DENIED : Result.ALLOWED;
    }

    private Counter[] of(String policy) {
        Counter[] known = counters.get(policy);
        if (known != null) {
            return known;
        }
        return counters.computeIfAbsent(counters.size() < MAX_POLICIES ? policy : "other", this::register);
    }

    private Counter[] register(String policy) {
        Counter[] counters = new Counter[Result.values().length];
        for (Result result : Result.values()) {
            counters[result.ordinal()] = Counter.builder("millrace.ratelimit.decisions")
                    .description("Rate-limit decisions")
                    .tag("policy", policy)
                    .tag("outcome", result.name().toLowerCase(java.util.Locale.ROOT))
                    .register(registry);
        }
        return counters;
    }
}
