package dev.millrace.queue.store;

import java.util.List;
import java.util.Set;

import jakarta.inject.Singleton;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.set.ReactiveSetCommands;
import io.smallrye.mutiny.Uni;

import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.Keys;
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
        return scripts.run(register, List.of(index(queue.tenant())), List.of(queue.queue(), Integer.toString(max)))
                .map(reply -> reply.toInteger() != 0);
    }

    /** Removes a queue from the index. */
    public Uni<Void> remove(QueueName queue) {
        return sets.srem(index(queue.tenant()), queue.queue()).replaceWithVoid();
    }

    /** The names of a tenant's queues, in no particular order. */
    public Uni<Set<String>> names(String tenant) {
        return sets.smembers(index(tenant));
    }

    /** Has the ids of new jobs begin after those that a failover may have lost; returns whether the queue has jobs or had some. */
    public Uni<Boolean> renumber(QueueName queue) {
        return scripts.run(renumber, List.of(queue.key("meta")), List.of()).map(had -> had.toInteger() == 1);
    }

    private static String index(String tenant) {
        return Keys.key(tenant, QueueName.FEATURE, "~queues", "index");
    }
}
