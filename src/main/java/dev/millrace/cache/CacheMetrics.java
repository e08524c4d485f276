package dev.millrace.cache;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;

import dev.millrace.metrics.CappedCounters;
import dev.millrace.timer.Rounds;

/** {@code millrace_cache_requests_total{region,outcome}}. Regions beyond 1,000 at a time count as "other"; those that are gone
 * lose their series. */
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

    /** A region needs no definition, so its series stay for 10 minutes without use. */
    private static final long ROUND_MS = 5000;
    private static final int IDLE_ROUNDS = 120;

    private final Regions regions;
    private final CappedCounters<RequestOutcome> requests;

    CacheMetrics(MeterRegistry registry, Regions regions) {
        this.regions = regions;
        this.requests = new CappedCounters<>(registry, "millrace.cache.requests", "Reads and writes of the cache",
                "region", "outcome", RequestOutcome.class);
    }

    void start(@Observes StartupEvent event, Rounds rounds) {
        rounds.everyBlocking(ROUND_MS, this::removeUnusedSeries);
    }

    private void removeUnusedSeries() {
        requests.removeUnused(regions::isDefined, IDLE_ROUNDS);
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
