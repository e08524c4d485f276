package dev.millrace.cache;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.micrometer.core.instrument.MeterRegistry;

import dev.millrace.metrics.CappedCounters;

/** {@code millrace_cache_requests_total{region,outcome}}. Regions beyond the first 1,000 count as "other". */
@Singleton
class CacheMetrics {

    private enum RequestOutcome {
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

    private final CappedCounters<RequestOutcome> requests;

    CacheMetrics(MeterRegistry registry) {
        this.requests = new CappedCounters<>(registry, "millrace.cache.requests", "Reads and writes of the cache",
                "region", "outcome", RequestOutcome.class);
    }

    /** Counts a read; null if Redis was unavailable. */
    void read(String region, @Nullable EntryState what) {
        requests.increment(region, what == null ? RequestOutcome.UNAVAILABLE : switch (what) {
            case MISSING -> RequestOutcome.MISS;
            case FRESH -> RequestOutcome.HIT;
            case STALE -> RequestOutcome.STALE;
            case STALE_ON_ERROR -> RequestOutcome.STALE_ON_ERROR;
            case LEASED -> RequestOutcome.LEASED;
            case BUSY -> RequestOutcome.BUSY;
            case FAILED, PASS -> RequestOutcome.MISS;
        });
    }

    /** Counts a write. */
    void written(String region, boolean stored) {
        requests.increment(region, stored ? RequestOutcome.STORED : RequestOutcome.VOID);
    }
}
