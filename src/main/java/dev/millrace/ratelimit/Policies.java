package dev.millrace.ratelimit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import dev.millrace.http.ApiException;
import dev.millrace.http.ErrorCode;
import dev.millrace.http.Violation;
import dev.millrace.redis.Keys;

/**
 * The policies by name: those of the configuration, and per tenant those kept in Redis. Redis' are held in memory and
 * compared with Redis' version of them twice a second, so a change made on any replica is followed on all within 1 s.
 * While Redis is away the last known ones stay in force.
 */
@ApplicationScoped
public class Policies {

    private static final long POLL_MS = 500;

    private final PolicyStore store;
    private final Vertx vertx;
    private final Map<String, Policy> configured = new HashMap<>();
    private final Map<String, Held> snapshots = new ConcurrentHashMap<>();
    /** Loads under way for policies not known here, so that many callers share one. */
    private final Map<String, Uni<PolicyStore.Snapshot>> loading = new ConcurrentHashMap<>();
    private final AtomicLong loads = new AtomicLong();
    private long timer;

    /** What a tenant's policies were, with the number of the load that found them: a late answer must not win. */
    private record Held(long load, PolicyStore.Snapshot snapshot) {}

    Policies(PolicyStore store, Vertx vertx, RateLimitConfig config) {
        this.store = store;
        this.vertx = vertx;
        config.policies().forEach((name, p) -> configured.put(name, configured(name, p)));
    }

    /** Early, so that a wrong policy in the configuration is told before anything connects. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        timer = vertx.setPeriodic(POLL_MS, t -> snapshots.forEach(this::poll));
    }

    void stop(@Observes ShutdownEvent event) {
        vertx.cancelTimer(timer);
    }

    /** The policy if it is known here and now, without asking Redis; else null. */
    Policy known(String tenant, String name) {
        Policy policy = configured.get(name);
        if (policy == null) {
            Held held = snapshots.get(tenant);
            policy = held == null ? null : held.snapshot().policies().get(name);
        }
        return policy;
    }

    /** The policy; asks Redis for one not known here, as it may have been defined elsewhere a moment ago. */
    public Uni<Policy> get(String tenant, String name) {
        Policy policy = known(tenant, name);
        if (policy != null) {
            return Uni.createFrom().item(policy);
        }
        if (!Keys.isName(name)) {
            return Uni.createFrom().failure(unknown(name));
        }
        return sharedLoad(tenant).map(snapshot -> {
            Policy loaded = snapshot.policies().get(name);
            if (loaded == null) {
                throw unknown(name);
            }
            return loaded;
        });
    }

    /** All of a tenant's policies, as Redis has them now. */
    public Uni<List<Policy>> all(String tenant) {
        return load(tenant).map(snapshot -> {
            Map<String, Policy> all = new HashMap<>(snapshot.policies());
            all.putAll(configured);
            return new ArrayList<>(all.values());
        });
    }

    /** Defines a policy; in force on this replica when it answers. */
    public Uni<PolicyStore.Put> put(String tenant, String name, PolicyDefinition definition) {
        refuseConfigured(name);
        return store.put(tenant, name, definition).call(() -> load(tenant)).invoke(put -> {
            if (put == PolicyStore.Put.TOO_MANY) {
                throw new ApiException(ErrorCode.POLICY_LIMIT, "Delete policies that are not used any more");
            }
        });
    }

    /** Forgets a policy; its counters end with their windows. */
    public Uni<Void> delete(String tenant, String name) {
        refuseConfigured(name);
        return store.delete(tenant, name).call(() -> load(tenant)).invoke(deleted -> {
            if (!deleted) {
                throw unknown(name);
            }
        }).replaceWithVoid();
    }

    private void refuseConfigured(String name) {
        if (configured.containsKey(name)) {
            throw new ApiException(ErrorCode.POLICY_CONFIGURED, "Policy " + name + " is set in the configuration");
        }
    }

    private Uni<PolicyStore.Snapshot> sharedLoad(String tenant) {
        return Uni.createFrom().deferred(() -> loading.computeIfAbsent(tenant, t -> load(t)
                .onTermination().invoke(() -> loading.remove(t))
                .memoize().indefinitely()));
    }

    private Uni<PolicyStore.Snapshot> load(String tenant) {
        return Uni.createFrom().deferred(() -> {
            long number = loads.incrementAndGet();
            return store.load(tenant).invoke(snapshot -> snapshots.merge(tenant, new Held(number, snapshot),
                    (old, loaded) -> old.load() > loaded.load() ? old : loaded));
        });
    }

    private void poll(String tenant, Held held) {
        store.version(tenant)
                .flatMap(version -> Objects.equals(version, held.snapshot().version())
                        ? Uni.createFrom().nullItem()
                        : load(tenant))
                .subscribe().with(done -> {}, failure -> {
                    // Redis is away: the policies stay as they are, and the links have said so.
                });
    }

    private static ApiException unknown(String name) {
        return new ApiException(ErrorCode.POLICY_UNKNOWN, "There is no policy " + name);
    }

    private static Policy configured(String name, RateLimitConfig.PolicyConfig p) {
        PolicyDefinition definition = new PolicyDefinition(p.algorithm(), p.limit(), p.window().orElse(null),
                p.burst().orElse(null), p.failMode().orElse(null), p.denyPenalty().orElse(null),
                p.shadow().orElse(null));
        String prefix = "millrace.ratelimit.policies." + name + ".";
        if (!Keys.isName(name)) {
            throw new ConfigurationException(prefix + ": a policy name must match [A-Za-z0-9._-]{1,64}");
        }
        for (Violation v : definition.violations(prefix)) {
            throw new ConfigurationException(v.field() + " " + v.message());
        }
        return definition.toPolicy(name, Policy.Source.CONFIG);
    }
}
