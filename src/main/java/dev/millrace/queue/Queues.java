package dev.millrace.queue;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.queue.model.QueueDefinition;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.QueueIndexStore;
import dev.millrace.queue.store.QueueStore;
import dev.millrace.redis.RedisConnected;
import dev.millrace.settings.DefinitionKind;
import dev.millrace.settings.Definitions;
import dev.millrace.settings.DefinitionsFactory;
import dev.millrace.settings.PutResult;

/**
 * The queues of each tenant, and their settings. A queue exists from its first job, schedule, pause or settings on, and has the default
 * settings until an operator sets others. Calls that only read, reserve or report outcomes create no queue. A change of settings holds
 * for every job that is handed out after it was answered, on every replica. Otherwise, every replica follows within 1 s.
 */
@ApplicationScoped
public class Queues {

    /** Maximum number of queues of a tenant. */
    private static final int MAX_QUEUES = 1000;

    /** A queue without settings has the defaults, so it is never unknown. */
    private static final DefinitionKind.Errors ERRORS = new DefinitionKind.Errors(ErrorCode.NOT_FOUND,
            "There are no settings of the queue", ErrorCode.QUEUE_LIMIT, "A tenant may have "
                    + MAX_QUEUES + " queues. Delete those that are not used");

    private final Definitions<QueueDefinition, QueueSettings> defined;
    private final QueueIndexStore index;
    private final QueueStore store;
    /** Queues that are known to be in the index. Cleared when a connection is made, since Redis may have lost some in between. */
    private final Set<QueueName> registered = ConcurrentHashMap.newKeySet();
    /** The names that a tenant's index had when this replica last read it. */
    private final Map<String, Set<String>> listed = new ConcurrentHashMap<>();

    Queues(DefinitionsFactory factory, QueueIndexStore index, QueueStore store) {
        this.index = index;
        this.store = store;
        this.defined = factory.of(new DefinitionKind<>("Queue", QueueName.FEATURE, "~settings", MAX_QUEUES,
                QueueDefinition.class, QueueDefinition::violations, (name, definition) -> definition.toSettings(),
                ERRORS));
    }

    void connected(@Observes RedisConnected event) {
        registered.clear();
    }

    /** Registers a queue if it is new here, and returns its settings. Fails with 409 if the tenant has 1,000 queues. */
    Uni<QueueSettings> use(QueueName queue) {
        return registered.contains(queue) ? settings(queue) : register(queue).chain(() -> fresh(queue));
    }

    /** Returns the settings of a queue for a call about its jobs, and registers nothing: the queue need not exist. */
    Uni<QueueSettings> find(QueueName queue) {
        // A client that sets a queue and uses it at once, on any replica, must not get the defaults.
        boolean followed = registered.contains(queue)
                || listed.getOrDefault(queue.tenant(), Set.of()).contains(queue.queue());
        return followed ? settings(queue) : fresh(queue);
    }

    /** Registers a queue, and has its new ids begin after those that a failover may have lost. Fails with 409 if the tenant has 1,000 queues. */
    public Uni<Void> register(QueueName queue) {
        return index.add(queue, MAX_QUEUES).invoke(added -> {
            if (!added) {
                throw defined.tooMany();
            }
        }).chain(() -> index.renumber(queue)).invoke(() -> registered.add(queue)).replaceWithVoid();
    }

    /** The settings of a queue, up to 1 s old. */
    public Uni<QueueSettings> settings(QueueName queue) {
        if (defined.isLoaded(queue.tenant())) {
            return Uni.createFrom().item(known(queue));
        }
        return fresh(queue);
    }

    private Uni<QueueSettings> fresh(QueueName queue) {
        return defined.get(queue.tenant(), queue.queue()).map(found -> found == null ? QueueSettings.DEFAULT : found);
    }

    /** The settings of a queue as far as this replica knows them, without asking Redis. */
    QueueSettings known(QueueName queue) {
        QueueSettings known = defined.known(queue.tenant(), queue.queue());
        return known == null ? QueueSettings.DEFAULT : known;
    }

    /** Whether a tenant has a queue of this name, as far as this replica knows. */
    boolean exists(String name) {
        return listed.values().stream().anyMatch(names -> names.contains(name));
    }

    /** Whether an operator has set settings of a queue, as far as this replica knows. */
    boolean hasSettings(QueueName queue) {
        return defined.known(queue.tenant(), queue.queue()) != null;
    }

    /** The settings of all queues of a tenant that were used or set, by name, in order. */
    public Uni<Map<String, QueueSettings>> all(String tenant) {
        return index.names(tenant).invoke(names -> listed.put(tenant, names))
                .flatMap(names -> defined.all(tenant).map(settings -> {
                    Map<String, QueueSettings> all = new TreeMap<>();
                    names.forEach(name -> all.put(name, QueueSettings.DEFAULT));
                    all.putAll(settings);
                    return all;
                }));
    }

    /**
     * Sets the settings of a queue. They are in force on this replica when the result arrives. Fails with 409 if the tenant has 1,000
     * queues.
     *
     * @throws ApiException 400 if the durability is not available with this Redis
     */
    public Uni<PutResult> put(QueueName queue, QueueDefinition definition) {
        if (definition.durability() == QueueDefinition.Durability.REPLICATED && !store.canReplicate()) {
            throw ApiException.invalid("durability", "'replicated' is not supported with a Redis cluster");
        }
        // Replicas that have other settings notice by the version, and hand out no jobs before they have these.
        return register(queue).chain(() -> defined.put(queue.tenant(), queue.queue(), definition))
                .call(() -> store.configure(queue, definition.toSettings(), null));
    }

    /**
     * The settings of a queue, which are not those that this replica knew.
     *
     * @param seen the version that is noted in the queue
     */
    Uni<QueueSettings> changed(QueueName queue, String seen) {
        return defined.reload(queue.tenant()).map(done -> known(queue)).call(fresh -> fresh.version().equals(seen)
                ? Uni.createFrom().item(true)
                // An older release has set them, or a call that set them was cut off before it noted the version.
                : store.configure(queue, fresh, seen));
    }

    /** Gives a queue the default settings again. */
    Uni<Void> resetSettings(QueueName queue) {
        return defined.remove(queue.tenant(), queue.queue())
                .chain(() -> store.configure(queue, QueueSettings.DEFAULT, null)).replaceWithVoid();
    }

    /**
     * Removes a queue from the index until its next use. Other replicas still take it for registered; its first job registers it in any
     * case. A job, a schedule or a pause that arrived during the removal registers it here.
     */
    Uni<Void> unregister(QueueName queue) {
        return index.remove(queue).invoke(() -> registered.remove(queue)).chain(() -> index.renumber(queue))
                .chain(isUsed -> isUsed ? register(queue) : Uni.createFrom().voidItem());
    }
}
