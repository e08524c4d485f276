package dev.millrace.queue;

import java.time.Duration;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.auth.ApiKeys;
import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.push.Pushers;
import dev.millrace.queue.schedule.Schedules;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/**
 * Sees to what falls due when nobody asks: once a second, in each queue, due jobs are made ready, schedules fire, leases that
 * ended are taken back, and what was kept long enough is forgotten. Every replica does so; each step is a script that does nothing the second
 * time. Workers who ask do the same for their queue, so precision does not hang on this.
 */
@ApplicationScoped
public class QueueMaintenance {

    private static final Logger LOG = Logger.getLogger(QueueMaintenance.class);
    private static final String JOBS_PER_STEP = "200";
    private static final int STEPS_PER_ROUND = 100;
    private static final int QUEUES_AT_ONCE = 8;
    /** Far more than settings are behind on any replica: those who do not know yet that completed jobs are kept must not remove them. */
    private static final long LEAST_KEPT_MS = 5_000;

    /** How a queue is. {@code paused} is empty, or why. */
    public record Sight(QueueCounts counts, String paused) {}

    private final ApiKeys keys;
    private final Queues queues;
    private final Schedules schedules;
    private final Pushers pushers;
    private final QueueMetrics metrics;
    private final ScriptRunner scripts;
    private final Script sweep;
    private volatile boolean failing;

    QueueMaintenance(ApiKeys keys, Queues queues, Schedules schedules, Pushers pushers, QueueMetrics metrics,
            ScriptRunner scripts) {
        this.keys = keys;
        this.queues = queues;
        this.schedules = schedules;
        this.pushers = pushers;
        this.metrics = metrics;
        this.scripts = scripts;
        this.sweep = scripts.get("queue/sweep-1");
    }

    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> round() {
        return Multi.createFrom().iterable(keys.tenants()).onItem().transformToUniAndConcatenate(this::round)
                .onItem().ignoreAsUni().ifNoItem().after(Duration.ofSeconds(30)).fail()
                .invoke(() -> failing = false).onFailure().invoke(this::report).onFailure().recoverWithNull();
    }

    private Uni<Void> round(String tenant) {
        return queues.all(tenant).invoke(all -> metrics.follow(tenant, all.keySet()))
                .invoke(all -> pushers.follow(tenant, all))
                .flatMap(all -> Multi.createFrom().iterable(all.entrySet())
                        .onItem()
                        .transformToUni(e -> sweep(new QueueName(tenant, e.getKey()), e.getValue(), STEPS_PER_ROUND)
                                // One queue's trouble is not the others'.
                                .onFailure(QueueMaintenance::isItsOwn).invoke(this::report)
                                .onFailure(QueueMaintenance::isItsOwn).recoverWithNull())
                        .merge(QUEUES_AT_ONCE).onItem().ignoreAsUni());
    }

    private Uni<Sight> sweep(QueueName queue, QueueSettings s, int steps) {
        return run(queue, sweep,
                List.of(Integer.toString(s.maxStalls()),
                        Long.toString(s.completedMs() == 0 ? LEAST_KEPT_MS : s.completedMs()),
                        Long.toString(s.deadMs()), JOBS_PER_STEP))
                .flatMap(r -> {
                    Sight sight = sight(r);
                    metrics.jobs(queue, sight.counts());
                    Uni<Void> fired = r.get(10).toInteger() == 0 ? Uni.createFrom().voidItem() : schedules.fire(queue);
                    return fired.chain(() -> r.get(0).toInteger() == 1 && steps > 1
                            ? sweep(queue, s, steps - 1)
                            : Uni.createFrom().item(sight));
                });
    }

    private static Sight sight(Response r) {
        return new Sight(new QueueCounts(r.get(1).toLong(), r.get(2).toLong(), r.get(3).toLong(), r.get(4).toLong(),
                r.get(5).toLong(), r.get(6).toLong(), r.get(7).toLong(), r.get(8).toLong()), r.get(9).toString());
    }

    private static boolean isItsOwn(Throwable failure) {
        return !(failure instanceof RedisUnavailableException);
    }

    /** RedisLinks tells of an outage; whatever else goes wrong here may go wrong every second, and is told once. */
    private void report(Throwable failure) {
        if (!failing && !(failure instanceof RedisUnavailableException)) {
            failing = true;
            LOG.error("Queues cannot be seen to", failure);
        }
    }

    /** How a queue is, once what was due now is done. */
    public Uni<Sight> look(QueueName queue, QueueSettings settings) {
        return sweep(queue, settings, 1);
    }

    private Uni<Response> run(QueueName queue, Script script, List<String> args) {
        return scripts.run(script, List.of(queue.key("meta")), args);
    }
}
