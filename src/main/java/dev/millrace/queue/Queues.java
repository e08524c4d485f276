package dev.millrace.queue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.set.ReactiveSetCommands;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.queue.model.QueueDefinition;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.redis.Keys;
import dev.millrace.redis.RedisConnected;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;
import dev.millrace.settings.DefinitionKind;
import dev.millrace.settings.Definitions;
import dev.millrace.settings.DefinitionsFactory;
import dev.millrace.settings.PutResult;

/**
 * Which queues there are, and what holds in them. A queue comes into being when it is first used, and has the defaults until
 * somebody sets it otherwise; every replica follows within 1 s.
 */
@ApplicationScoped
public class Queues {

    /** Most queues of a tenant. */
    static final int MOST = 1000;

    private final Definitions<QueueDefinition, QueueSettings> defined;
    private final ReactiveSetCommands<String, String> sets;
    private final ScriptRunner scripts;
    private final Script register;
    private final Script renumber;
    /** Those known to be in the index, as long as the connections hold: a Redis that comes back may have lost some. */
    private final Set<QueueName> registered = ConcurrentHashMap.newKeySet();

    Queues(DefinitionsFactory factory, ReactiveRedisDataSource redis, ScriptRunner scripts) {
        this.sets = redis.set(String.class);
        this.scripts = scripts;
        this.register = scripts.get("queue/register-1");
        this.renumber = scripts.get("queue/renumber-1");
        this.defined = factory.of(new DefinitionKind<>("Queue", QueueName.FEATURE, "~settings", MOST,
                QueueDefinition.class, QueueDefinition::violations, (name, definition) -> definition.toSettings()));
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        defined.follow();
    }

    void connected(@Observes RedisConnected event) {
        registered.clear();
    }

    void stop(@Observes ShutdownEvent event) {
        defined.stop();
    }

    /** What holds in a queue; that it is in use is noted first. Fails with 409 if there are too many queues. */
    Uni<QueueSettings> use(QueueName queue) {
        // Who sets a queue and uses it at once, on whatever replica, must not find the defaults.
        return registered.contains(queue) ? settings(queue) : register(queue).chain(() -> fresh(queue));
    }

    /** Notes that a queue is in use; its ids go on behind those that a failover may have lost. Fails with 409 if there are too many queues. */
    public Uni<Void> register(QueueName queue) {
        return scripts.run(register, List.of(index(queue.tenant())), List.of(queue.queue(), Integer.toString(MOST)))
                .invoke(reply -> {
                    if (reply.toInteger() == 0) {
                        throw tooMany();
                    }
                })
                .chain(() -> scripts.run(renumber, List.of(queue.key("meta")), List.of()))
                .invoke(() -> registered.add(queue)).replaceWithVoid();
    }

    /** What holds in a queue. */
    public Uni<QueueSettings> settings(QueueName queue) {
        if (defined.isLoaded(queue.tenant())) {
            return Uni.createFrom().item(known(queue));
        }
        return fresh(queue);
    }

    private Uni<QueueSettings> fresh(QueueName queue) {
        return defined.get(queue.tenant(), queue.queue()).map(found -> found == null ? QueueSettings.DEFAULT : found);
    }

    /** What holds in a queue as far as is known here. */
    QueueSettings known(QueueName queue) {
        QueueSettings known = defined.known(queue.tenant(), queue.queue());
        return known == null ? QueueSettings.DEFAULT : known;
    }

    /** The names of a tenant's queues, in order, and what holds in them. */
    public Uni<Map<String, QueueSettings>> all(String tenant) {
        return sets.smembers(index(tenant))
                .flatMap(names -> defined.all(tenant).map(settings -> {
                    Map<String, QueueSettings> all = new TreeMap<>();
                    names.forEach(name -> all.put(name, QueueSettings.DEFAULT));
                    all.putAll(settings);
                    return all;
                }));
    }

    /** Sets what holds in a queue; in force on this replica when it answers. */
    public Uni<PutResult> put(QueueName queue, QueueDefinition definition) {
        return register(queue).chain(() -> defined.put(queue.tenant(), queue.queue(), definition)).invoke(put -> {
            if (put == PutResult.TOO_MANY) {
                throw tooMany();
            }
        });
    }

    /** The defaults hold in a queue again. */
    Uni<Void> forgetSettings(QueueName queue) {
        return defined.delete(queue.tenant(), queue.queue()).replaceWithVoid();
    }

    /**
     * Forgets that there is a queue, until it is used again. Other replicas learn of it with its first job, which is registered in any
     * case; one that came just now is seen to here.
     */
    Uni<Void> forget(QueueName queue) {
        return sets.srem(index(queue.tenant()), queue.queue())
                .invoke(() -> registered.remove(queue))
                .chain(() -> scripts.run(renumber, List.of(queue.key("meta")), List.of()))
                .chain(had -> had.toInteger() == 1 ? register(queue) : Uni.createFrom().voidItem());
    }

    private static ApiException tooMany() {
        return new ApiException(ErrorCode.QUEUE_LIMIT, "A tenant may have " + MOST + " queues");
    }

    private static String index(String tenant) {
        return Keys.key(tenant, QueueName.FEATURE, "~queues", "index");
    }
}
