package dev.millrace.ops;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;

import dev.millrace.redis.link.RedisProbe;

/**
 * Ready while Redis responds. Liveness does not depend on Redis: restarting the service would not repair it, and while it is
 * unavailable the rate limiter still decides by its fail modes.
 */
@Readiness
@ApplicationScoped
public class RedisReadiness implements AsyncHealthCheck {

    private final RedisProbe probe;

    RedisReadiness(RedisProbe probe) {
        this.probe = probe;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return probe.look().map(sight -> {
            HealthCheckResponseBuilder response = HealthCheckResponse.named("redis").status(sight.isUp());
            if (!sight.isUp()) {
                return response.withData("failure", sight.failure()).build();
            }
            return response.withData("latencyMicros", sight.latencyMicros())
                    .withData("version",
                            sight.info().getOrDefault("valkey_version",
                                    sight.info().getOrDefault("redis_version", "unknown")))
                    .withData("usedMemoryBytes", number(sight.info().get("used_memory")))
                    .withData("maxMemoryBytes", number(sight.info().get("maxmemory")))
                    .build();
        });
    }

    private static long number(@Nullable String text) {
        return text == null || text.isEmpty() ? 0 : Long.parseLong(text);
    }
}
