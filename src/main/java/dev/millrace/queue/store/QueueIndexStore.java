package dev.millrace.queue.store;

import java.util.List;
import java.util.Set;

import jakarta.inject.Singleton;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.set.ReactiveSetCommands;
import io.smallrye.mutiny.Uni;

import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.Keys;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/** The index of a tenant's queues in Redis: the names of the queues that were used. */
@Singleton
public class QueueIndexStore {

    private final ReactiveSetCommands<String, String> sets;
    private final ScriptRunner scripts;
    private final Script register;
    private final Script renumber;

    QueueIndexStore(ReactiveRedisDataSource redis, ScriptRunner scripts) {
        this.sets = redis.set(String.class);
        this.scripts = scripts;
        this.register = scripts.get("queue/register-1");
        this.renumber = scripts.get("queue/renumber-1");
    }

    /** Adds a queue to the index; returns false if it is not there and the tenant has {@code max} queues already. */
    public Uni<Boolean> add(QueueName queue, int max) {
        return scripts
                .run(register, List.of(Keys.queueIndex(queue.tenant())), List.of(queue.queue(), Integer.toString(max)))
                .map(ReplyCodes::flag);
    }

    /** Removes a queue from the index. */
    public Uni<Void> remove(QueueName queue) {
        return sets.srem(Keys.queueIndex(queue.tenant()), queue.queue()).replaceWithVoid();
    }

    /** The names of a tenant's queues, in no particular order. */
    public Uni<Set<String>> names(String tenant) {
        return sets.smembers(Keys.queueIndex(tenant));
    }

    /** Has the ids of new jobs begin after those that a failover may have lost; returns whether the queue is in use. */
    public Uni<Boolean> renumber(QueueName queue) {
        return scripts.run(renumber, List.of(queue.metaKey()), List.of()).map(ReplyCodes::flag);
    }
}
