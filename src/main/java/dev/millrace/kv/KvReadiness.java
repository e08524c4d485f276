package dev.millrace.kv;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;

/**
 * Ready once this replica has asked the Redis of {@code /redis} for its commands, whatever the answer: then the first burst of requests
 * need not wait for it. Later outages of that Redis do not count, because they concern {@code /redis} only.
 */
@Readiness
@ApplicationScoped
public class KvReadiness implements AsyncHealthCheck {

    private final KvCommandTable table;

    KvReadiness(KvCommandTable table) {
        this.table = table;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return Uni.createFrom()
                .item(() -> HealthCheckResponse.named("redis over http").status(table.hasAsked()).build());
    }
}
