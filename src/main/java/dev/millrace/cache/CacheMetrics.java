package dev.millrace.cache;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.inject.Singleton;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import dev.millrace.cache.Lookup.What;

/** {@code millrace_cache_requests_total{region,outcome}}. Regions beyond the first 1,000 count as "other". */
@Singleton
class CacheMetrics {

    private static final int MAX_REGIONS = 1000;

    private enum Outcome {
        MISS,
        HIT,
        STALE,
        STALE_ON_ERROR,
        LEASED,
        BUSY,
        UNAVAILABLE,
        STORED,
        VOID
    }

    private final MeterRegistry registry;
    private final Map<String, Counter[]> counters = new ConcurrentHashMap<>();

    CacheMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Counts a read; null where Redis was away. */
    void read(String region, What what) {
        count(region, what == null ? Outcome.UNAVAILABLE : switch (what) {
            case MISSING -> Outcome.MISS;
            case FRESH -> Outcome.HIT;
            case STALE -> Outcome.STALE;
            case STALE_ON_ERROR -> Outcome.STALE_ON_ERROR;
            case LEASED -> Outcome.LEASED;
            case BUSY -> Outcome.BUSY;
            case FAILED, PASS -> Outcome.MISS;
        });
    }

    void written(String region, boolean stored) {
        count(region, stored ? Outcome.STORED : Outcome.VOID);
    }

    private void count(String region, Outcome outcome) {
        Counter[] known = counters.get(region);
        if (known == null) {
            known = counters.computeIfAbsent(counters.size() < MAX_REGIONS ? region : "other", this::register);
        }
        known[outcome.ordinal()].increment();
    }

    private Counter[] register(String region) {
        Counter[] counters = new Counter[Outcome.values().length];
        for (Outcome outcome : Outcome.values()) {
            counters[outcome.ordinal()] = Counter.builder("millrace.cache.requests")
                    .description("Reads and writes of the cache").tag("region", region)
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT)).register(registry);
        }
        return counters;
    }
}
