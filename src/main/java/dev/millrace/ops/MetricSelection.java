package dev.millrace.ops;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.config.MeterFilter;

/** Leaves out metrics that would mislead. */
public class MetricSelection {

    /**
     * The Redis client's own: they describe a pool that pinned connections do not use, and time each command a second time
     * ({@code millrace_redis_calls_seconds} does).
     */
    @Produces
    @Singleton
    MeterFilter withoutRedisClient() {
        return MeterFilter.deny(id -> id.getName().startsWith("redis."));
    }
}
