package dev.millrace.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;

import dev.millrace.redis.RedisConnected;
import dev.millrace.redis.RedisInfo;

/**
 * Checks the configuration of Redis at the first connection. Warns of settings that can lose data, and stops the service if Redis is
 * older than 6.2, because the scripts need its commands.
 */
@ApplicationScoped
public class RedisChecks {

    private static final Logger LOG = Logger.getLogger(RedisChecks.class);

    private final ReactiveRedisDataSource redis;
    private final AtomicBoolean done = new AtomicBoolean();

    RedisChecks(ReactiveRedisDataSource redis) {
        this.redis = redis;
    }

    void run(@Observes RedisConnected event) {
        if (!done.compareAndSet(false, true)) {
            return;
        }
        redis.execute(Command.INFO).map(reply -> RedisInfo.parse(reply.toString()))
                .flatMap(info -> savePoints().map(save -> findings(info, save)))
                .subscribe().with(this::report, failure -> done.set(false));
    }

    /** Returns the save points; null if Redis does not allow reading its configuration, as with some managed services. */
    private Uni<String> savePoints() {
        return redis.execute(Command.CONFIG, "GET", "save")
                .map(reply -> reply.size() < 2 && reply.get("save") == null
                        ? null
                        : reply.get("save") != null ? reply.get("save").toString() : reply.get(1).toString())
                .onFailure().recoverWithNull();
    }

    private void report(Findings findings) {
        if (findings.refusal() != null) {
            LOG.fatal(findings.refusal());
            Quarkus.asyncExit(1);
        } else if (LaunchMode.current() == LaunchMode.NORMAL) {
            findings.warnings().forEach(LOG::warn);
        }
    }

    /**
     * Problems in the configuration of Redis.
     *
     * @param refusal why the service cannot work with this Redis, or null
     */
    record Findings(@Nullable String refusal, List<String> warnings) {}

    static Findings findings(Map<String, String> info, String savePoints) {
        String version = info.getOrDefault("redis_version", "0.0");
        if (isOlderThan62(version)) {
            return new Findings("Redis " + version + " is too old: Millrace needs 6.2 or newer", List.of());
        }
        List<String> warnings = new ArrayList<>();
        String policy = info.get("maxmemory_policy");
        if (policy != null && !policy.equals("noeviction")) {
            warnings.add("Redis evicts keys when memory is full (maxmemory-policy " + policy
                    + "): limits, sessions and jobs can be lost. Set noeviction.");
        }
        boolean appendOnly = "1".equals(info.get("aof_enabled"));
        if (!appendOnly && savePoints != null && savePoints.isEmpty()) {
            warnings.add("Redis persists nothing (no append-only file, no save points): a restart loses everything. "
                    + "Set appendonly yes.");
        }
        if ("0".equals(info.get("maxmemory"))) {
            warnings.add("Redis has no maxmemory: it may grow until the system kills it. Set maxmemory.");
        }
        return new Findings(null, warnings);
    }

    private static boolean isOlderThan62(String version) {
        String[] parts = version.split("\\.");
        try {
            int major = Integer.parseInt(parts[0]);
            int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
            return major < 6 || major == 6 && minor < 2;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
