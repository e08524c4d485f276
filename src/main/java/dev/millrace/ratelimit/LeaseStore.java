package dev.millrace.ratelimit;

import java.util.List;

import jakarta.inject.Singleton;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.sortedset.ReactiveSortedSetCommands;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/** The leases of policies with the algorithm {@code concurrency}, in Redis. Times in ms. */
@Singleton
class LeaseStore {

    /**
     * What became of a lease that was asked for.
     *
     * @param remaining leases that are free now
     * @param reset until all leases have ended
     * @param retryAfter until the first one ends; 0 if one is free
     * @param now Redis' time, since 1970
     */
    record Acquired(boolean acquired, long remaining, long reset, long retryAfter, long now) {}

    /** What became of a lease that was to be renewed. */
    record Renewed(boolean held, long remaining, long now) {}

    private final ReactiveSortedSetCommands<String, String> leases;
    private final ScriptRunner scripts;
    private final Script acquire;
    private final Script renew;

    LeaseStore(ReactiveRedisDataSource redis, ScriptRunner scripts) {
        this.leases = redis.sortedSet(String.class);
        this.scripts = scripts;
        this.acquire = scripts.get("ratelimit/acquire-1");
        this.renew = scripts.get("ratelimit/renew-1");
    }

    /**
     * Takes a lease if one is free.
     *
     * @param lease its id; empty only looks
     */
    Uni<Acquired> acquire(String tenant, Policy policy, String identifier, long ttl, String lease) {
        return run(acquire, tenant, policy, identifier, ttl, lease)
                .map(reply -> new Acquired(ReplyCodes.flag(reply.get(0)), reply.get(1).toLong(), reply.get(2).toLong(),
                        reply.get(3).toLong(), reply.get(4).toLong()));
    }

    /** Prolongs a lease that is still held, to {@code ttl} from now. */
    Uni<Renewed> renew(String tenant, Policy policy, String identifier, long ttl, String lease) {
        return run(renew, tenant, policy, identifier, ttl, lease)
                .map(reply -> new Renewed(ReplyCodes.flag(reply.get(0)), reply.get(1).toLong(), reply.get(2).toLong()));
    }

    /** Gives a lease back; whether it was there. */
    Uni<Boolean> release(String tenant, Policy policy, String identifier, String lease) {
        return leases.zrem(RateLimitStore.stateKey(tenant, policy, identifier), lease).map(removed -> removed > 0);
    }

    private Uni<Response> run(Script script, String tenant, Policy policy, String identifier, long ttl, String lease) {
        return scripts.run(script, List.of(RateLimitStore.stateKey(tenant, policy, identifier)),
                List.of(Long.toString(policy.limit()), Long.toString(ttl), lease));
    }
}
