package dev.millrace.ratelimit;

import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;

/** Decides by the policies' fail modes while Redis is unavailable. */
@Singleton
class FailModeDecider {

    /** The retry-after of a denial that is not based on a count. */
    static final long RETRY_MS = 1000;

    private final LocalLimiter local;

    FailModeDecider(RateLimitConfig config) {
        this.local = new LocalLimiter(config.replicas());
    }

    /** Fails with {@code cause} if the policy has no fail mode. */
    Uni<Decision> decide(String tenant, Check check, Throwable cause) {
        return check.policy().failMode() == null
                ? Uni.createFrom().failure(cause)
                : Uni.createFrom().item(decide(tenant, check));
    }

    /** Decides each check by its own fail mode; fails with {@code cause} if one has none. */
    Uni<List<Decision>> decide(String tenant, List<Check> checks, Throwable cause) {
        List<Decision> decisions = new ArrayList<>(checks.size());
        for (Check check : checks) {
            if (check.policy().failMode() == null) {
                return Uni.createFrom().failure(cause);
            }
            decisions.add(decide(tenant, check));
        }
        return Uni.createFrom().item(decisions);
    }

    private Decision decide(String tenant, Check check) {
        return switch (check.policy().failMode()) {
            case OPEN -> Decision.admitted(check, check.policy().burst(), 0).asDegraded();
            case CLOSED -> Decision.denied(check, 0, RETRY_MS, RETRY_MS).asDegraded();
            case LOCAL -> local.decide(tenant, check);
        };
    }
}
