package dev.millrace.queue.schedule;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import jakarta.inject.Singleton;

import org.jboss.logging.Logger;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import dev.millrace.http.Stopping;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.QueueTask;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.redis.EventLoop;
import dev.millrace.redis.RedisUnavailableException;

/**
 * Enqueues the jobs of recurring jobs. It sleeps until the next occurrence, so it is on time to a few milliseconds. One script claims
 * occurrences and enqueues their jobs, so each is enqueued once, however many replicas find it due. If several occurrences of a schedule
 * are due, because no replica ran or Redis was unavailable, the latest ones are enqueued, up to {@code catchUp}. If the clock of Redis is
 * set back, no schedule stays silent for longer than two of its intervals.
 */
@Singleton
class ScheduleRunner implements QueueTask {

    private static final Logger LOG = Logger.getLogger(ScheduleRunner.class);
    /** Rounds come once a second, so each occurrence is seen before it is due. */
    private static final long SEEN_AHEAD_MS = 3000;
    /** Jobs and bytes in one script call. */
    private static final int MAX_JOBS = 200;
    private static final int MAX_CHARS = 1 << 20;
    /** Schedules whose occurrences are enqueued at the same time. */
    private static final int AT_ONCE = 8;
    /** Pages of due schedules in one round: all schedules of a queue, and some that become due meanwhile. */
    private static final int MAX_PAGES = 12;

    private final ScheduleStore store;
    private final QueueService queues;
    private final Stopping stopping;
    private final EventLoop loop;
    /** For each queue, the earliest time at which this replica will look for due occurrences, by {@link System#nanoTime}. */
    private final Map<QueueName, Long> timers = new ConcurrentHashMap<>();
    /** For each queue, how many of its schedules were checked in the rounds before. */
    private final Map<QueueName, Integer> checked = new ConcurrentHashMap<>();

    ScheduleRunner(ScheduleStore store, QueueService queues, Stopping stopping, Vertx vertx) {
        this.store = store;
        this.queues = queues;
        this.stopping = stopping;
        this.loop = EventLoop.next(vertx);
    }

    @Override
    public void follow(String tenant, Map<String, QueueSettings> queues) {
        checked.keySet().removeIf(queue -> queue.tenant().equals(tenant) && !queues.containsKey(queue.queue()));
    }

    @Override
    public Uni<Void> runSchedules(QueueName queue, long nextInMs) {
        if (nextInMs < 0) {
            checked.remove(queue);
            return Uni.createFrom().voidItem();
        }
        wakeIn(queue, nextInMs);
        Uni<Void> fired = nextInMs == 0 ? fireDue(queue) : Uni.createFrom().voidItem();
        return fired.chain(() -> check(queue));
    }

    private void wakeIn(QueueName queue, long ms) {
        if (ms <= 0 || ms > SEEN_AHEAD_MS || stopping.hasBegun()) {
            return;
        }
        // An occurrence is due from its millisecond on.
        long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms + 1);
        Long before = timers.get(queue);
        if (before == null || at - before < -TimeUnit.MILLISECONDS.toNanos(2)) {
            timers.put(queue, at);
            loop.after(ms + 1, () -> {
                timers.remove(queue, at);
                fireDue(queue).subscribe().with(done -> {}, failure -> {
                    // The next round finds it due. Outages of Redis are logged by the connections.
                    if (!(failure instanceof RedisUnavailableException)) {
                        LOG.errorf(failure, "Recurring jobs of queue %s could not be enqueued; they are retried",
                                queue.queue());
                    }
                });
            });
        }
    }

    private Uni<Void> fireDue(QueueName queue) {
        return fireDue(queue, 0, MAX_PAGES);
    }

    /**
     * Enqueues what is due, page by page.
     *
     * @param skipped number of due schedules that cannot be read. They stay due, in case a later version of Millrace has stored them
     */
    private Uni<Void> fireDue(QueueName queue, int skipped, int pages) {
        return store.due(queue, skipped).flatMap(found -> {
            wakeIn(queue, found.soonestMs() - found.nowMs());
            List<Schedule> schedules = found.schedules();
            Uni<Void> fired = Multi.createFrom().iterable(schedules).onItem()
                    .transformToUni(due -> fire(queue, due, found.nowMs())).merge(AT_ONCE).onItem().ignoreAsUni();
            return found.reads().size() < ScheduleStore.MAX_DUE || pages == 1
                    ? fired
                    : fired.chain(() -> fireDue(queue, skipped + found.reads().size() - schedules.size(), pages - 1));
        });
    }

    private Uni<Void> fire(QueueName queue, Schedule due, long nowMs) {
        Recurrence recurrence = due.definition().recurrence(due.anchorMs());
        List<Long> all = Occurrences.due(recurrence, due.nextMs(), nowMs, due.definition().missedAtMost());
        long following = recurrence.next(nowMs);
        wakeIn(queue, following - nowMs);
        return fire(queue, due.name(), due.nextMs(), all, following, requireNonNull(due.definition().job()));
    }

    /** Enqueues the occurrences in as many calls as their size asks for. */
    private Uni<Void> fire(QueueName queue, String name, long claimed, List<Long> occurrences, long following,
            NewJob job) {
        int size = 1 + (job.data() == null ? 0 : job.data().text().length());
        int now = Math.min(occurrences.size(), Math.max(1, Math.min(MAX_JOBS, MAX_CHARS / size)));
        boolean last = now == occurrences.size();
        long next = last ? following : occurrences.get(now);
        Uni<Void> fired = queues.fire(queue, name, claimed, next, job, occurrences.subList(0, now));
        return last
                ? fired
                : fired.chain(
                        () -> fire(queue, name, next, occurrences.subList(now, occurrences.size()), following, job));
    }

    /**
     * Checks ten schedules in each round. If the clock of Redis is set back, by an administrator or in a failover, a next occurrence may
     * be far in the future.
     */
    private Uni<Void> check(QueueName queue) {
        int skipped = checked.getOrDefault(queue, 0);
        return store.some(queue, skipped).flatMap(found -> {
            if (found.reads().isEmpty() || found.reads().size() < 10) {
                checked.remove(queue);
            } else {
                checked.put(queue, skipped + found.reads().size());
            }
            return Multi.createFrom().iterable(found.schedules()).onItem().transformToUniAndConcatenate(schedule -> {
                long sooner = sooner(schedule, found.nowMs());
                return sooner < 0 ? Uni.createFrom().item(false) : store.move(queue, schedule, sooner);
            }).onItem().ignoreAsUni();
        });
    }

    /**
     * The next occurrence in place of the stored one; -1 if that one may stay. It may be one later than the clock says, because after a
     * small step of the clock the occurrence before it has been enqueued already.
     */
    static long sooner(Schedule schedule, long nowMs) {
        if (schedule.nextMs() <= nowMs) {
            return -1;
        }
        Recurrence recurrence = schedule.definition().recurrence(schedule.anchorMs());
        long next = recurrence.next(nowMs);
        if (next < 0 || schedule.nextMs() <= next) {
            return -1;
        }
        long second = recurrence.next(next);
        return second < 0 || schedule.nextMs() <= second ? -1 : next;
    }
}
