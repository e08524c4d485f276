package dev.millrace.queue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;

import io.quarkus.arc.All;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

import dev.millrace.auth.ApiKeys;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.model.QueueSnapshot;
import dev.millrace.queue.store.WholeQueueStore;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.timer.Rounds;

/**
 * Does what is due in queues when no worker asks. Once a second, for each queue, it makes due jobs ready, takes back jobs whose lease
 * expired, removes ended jobs whose retention is over, and has the schedules run. Once a minute, it looks for queues that are no longer
 * used, and removes them. All replicas do so; each step is a script that has no effect the second time. Workers that ask for jobs trigger
 * the same steps, and schedules have timers of their own, so due times do not depend on this one.
 */
@ApplicationScoped
public class QueueMaintenance {

    private static final Logger LOG = Logger.getLogger(QueueMaintenance.class);
    private static final long ROUND_MS = 1000;
    private static final long SERIES_ROUND_MS = 5000;
    private static final int JOBS_PER_STEP = 200;
    private static final int STEPS_PER_ROUND = 100;
    private static final int QUEUES_AT_ONCE = 8;
    /**
     * Retention in queues that keep no completed jobs. A replica may learn up to 1 s late that a queue keeps them, and
     * must not remove them until then.
     */
    private static final long MIN_RETENTION_MS = 5_000;
    private static final int ROUNDS_PER_IDLE_CHECK = 60;
    private static final long IDLE_MS = Duration.ofHours(1).toMillis();

    private final ApiKeys keys;
    private final Queues queues;
    private final List<QueueTask> tasks;
    private final QueueMetrics metrics;
    private final WholeQueueStore store;
    private volatile boolean failing;
    private int rounds;

    QueueMaintenance(ApiKeys keys, Queues queues, @All List<QueueTask> tasks, QueueMetrics metrics,
            WholeQueueStore store) {
        this.keys = keys;
        this.queues = queues;
        this.tasks = tasks;
        this.metrics = metrics;
        this.store = store;
    }

    void start(@Observes StartupEvent event, Rounds background) {
        background.every(ROUND_MS, this::round);
        background.everyBlocking(SERIES_ROUND_MS, () -> metrics.removeUnused(queues::exists));
    }

    Uni<Void> round() {
        AtomicBoolean failed = new AtomicBoolean();
        boolean idleCheck = ++rounds % ROUNDS_PER_IDLE_CHECK == 0;
        return Multi.createFrom().iterable(keys.tenants())
                .onItem().transformToUniAndConcatenate(tenant -> round(tenant, idleCheck, failed))
                .onItem().ignoreAsUni().ifNoItem().after(Duration.ofSeconds(30)).fail()
                .invoke(() -> failing = failed.get()).onFailure().invoke(this::report).onFailure()
                .recoverWithNull();
    }

    private Uni<Void> round(String tenant, boolean idleCheck, AtomicBoolean failed) {
        return queues.all(tenant).invoke(all -> metrics.follow(tenant, all.keySet()))
                .invoke(all -> tasks.forEach(task -> task.follow(tenant, all)))
                .flatMap(all -> Multi.createFrom().iterable(all.entrySet())
                        .onItem()
                        .transformToUni(e -> maintain(new QueueName(tenant, e.getKey()), e.getValue(), idleCheck)
                                // A failure in one queue must not stop the maintenance of the others.
                                .onFailure(QueueMaintenance::isItsOwn).invoke(() -> failed.set(true))
                                .onFailure(QueueMaintenance::isItsOwn).invoke(this::report)
                                .onFailure(QueueMaintenance::isItsOwn).recoverWithNull())
                        .merge(QUEUES_AT_ONCE).onItem().ignoreAsUni());
    }

    private Uni<Void> maintain(QueueName queue, QueueSettings settings, boolean idleCheck) {
        return sweep(queue, settings, STEPS_PER_ROUND).chain(() -> idleCheck
                ? removeIdle(queue, IDLE_MS)
                : Uni.createFrom().voidItem());
    }

    /**
     * Removes a queue that has no settings of its own, and has had no jobs, schedules, pause or waiting requests for {@code afterMs}
     * since the first call that found it so. Its name then no longer counts towards the tenant's limit.
     */
    Uni<Void> removeIdle(QueueName queue, long afterMs) {
        return queues.hasSettings(queue)
                ? Uni.createFrom().voidItem()
                : store.removeIdle(queue, afterMs)
                        .chain(removed -> removed ? queues.unregister(queue) : Uni.createFrom().voidItem());
    }

    private Uni<QueueSnapshot> sweep(QueueName queue, QueueSettings s, int steps) {
        long completedMs = s.completedMs() == 0 ? MIN_RETENTION_MS : s.completedMs();
        return store.sweep(queue, s, completedMs, JOBS_PER_STEP).flatMap(swept -> {
            metrics.jobs(queue, swept.snapshot().counts());
            return runSchedules(queue, swept.schedulesInMs()).chain(() -> swept.more() && steps > 1
                    ? sweep(queue, s, steps - 1)
                    : Uni.createFrom().item(swept.snapshot()));
        });
    }

    /**
     * Redis may refuse the jobs of a schedule because its memory is full. That must stop neither the rest of the maintenance, which frees
     * memory, nor a client that reads the queue. The next round finds the occurrence due.
     */
    private Uni<Void> runSchedules(QueueName queue, long nextInMs) {
        return Multi.createFrom().iterable(tasks).onItem()
                .transformToUniAndConcatenate(task -> task.runSchedules(queue, nextInMs))
                .onItem().ignoreAsUni().onFailure(RedisUnavailableException.class).recoverWithNull();
    }

    private static boolean isItsOwn(Throwable failure) {
        return !(failure instanceof RedisUnavailableException);
    }

    /**
     * Logs a failure. Outages of Redis are logged by the connections. Other failures may repeat every second, so they are
     * logged once.
     */
    private void report(Throwable failure) {
        if (!failing && isItsOwn(failure)) {
            failing = true;
            LOG.error("Maintenance of queues failed; further failures are not logged until a round succeeds", failure);
        }
    }

    /** Does what is due in a queue now, and returns its state. */
    public Uni<QueueSnapshot> peek(QueueName queue, QueueSettings settings) {
        return sweep(queue, settings, 1);
    }
}
