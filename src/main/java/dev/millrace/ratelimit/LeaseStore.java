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
     * @param lease its id; empty to peek
     */
    Uni<LeaseAcquisition> acquire(String tenant, Policy policy, String identifier, long ttl, String lease) {
        return run(acquire, tenant, policy, identifier, ttl, lease)
                .map(reply -> new LeaseAcquisition(ReplyCodes.flag(reply.get(0)), reply.get(1).toLong(),
                        reply.get(2).toLong(),
                        reply.get(3).toLong(), reply.get(4).toLong()));
    }

    /** Extends a valid lease to {@code ttl} from now. */
    Uni<LeaseRenewal> renew(String tenant, Policy policy, String identifier, long ttl, String lease) {
        return run(renew, tenant, policy, identifier, ttl, lease)
                .map(reply -> new LeaseRenewal(ReplyCodes.flag(reply.get(0)), reply.get(1).toLong(),
                        reply.get(2).toLong()));
    }

    /** Releases a lease; returns whether it was valid. */
    Uni<Boolean> release(String tenant, Policy policy, String identifier, String lease) {
        return leases.zrem(RateLimitStore.stateKey(tenant, policy, identifier), lease).map(removed -> removed > 0);
    }

    private Uni<Response> run(Script script, String tenant, Policy policy, String identifier, long ttl, String lease) {
        return scripts.run(script, List.of(RateLimitStore.stateKey(tenant, policy, identifier)),
                List.of(Long.toString(policy.limit()), Long.toString(ttl), lease, Long.toString(policy.windowMs())));
    }
}
