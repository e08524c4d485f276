package dev.millrace.queue.store;

import java.util.List;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.model.QueueSnapshot;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/** Operations on all jobs of a queue in Redis. Those that concern many jobs do a bounded number of them per call: a step. */
@Singleton
public class WholeQueueStore {

    /**
     * Where a drain is.
     *
     * @param removed jobs that the last step removed
     * @param newest job that the drain removes: newer ones stay
     * @param cursor where it goes on; empty at its end
     */
    public record DrainStep(long removed, String newest, String cursor) {

        /** The beginning. */
        public static final DrainStep FIRST = new DrainStep(0, "", "a:0:");

        /** Whether it was the last step. */
        public boolean isLast() {
            return cursor.isEmpty();
        }
    }

    /**
     * Where a redrive is.
     *
     * @param moved jobs that the last step made ready
     * @param skipped jobs that stay dead, of all steps
     * @param until jobs that died later stay dead: ms since 1970; empty at the beginning
     * @param last whether it was the last step
     */
    public record RedriveStep(long moved, long skipped, String until, boolean last) {

        /** The beginning. */
        public static final RedriveStep FIRST = new RedriveStep(0, 0, "", false);
    }

    /**
     * What a sweep found.
     *
     * @param snapshot the queue after it
     * @param more whether more jobs are due
     * @param schedulesInMs in how many ms the next occurrence of all schedules is; 0 if one is due, -1 if there is none
     */
    public record Sweep(QueueSnapshot snapshot, boolean more, long schedulesInMs) {}

    private final ScriptRunner scripts;
    private final Script pause;
    private final Script drain;
    private final Script redrive;
    private final Script remove;
    private final Script sweep;
    private final Script idle;

    WholeQueueStore(ScriptRunner scripts) {
        this.scripts = scripts;
        this.pause = scripts.get("queue/pause-1");
        this.drain = scripts.get("queue/drain-1");
        this.redrive = scripts.get("queue/redrive-1");
        this.remove = scripts.get("queue/remove-1");
        this.sweep = scripts.get("queue/sweep-1");
        this.idle = scripts.get("queue/idle-1");
    }

    /** Pauses a queue, or resumes it. {@code reason}: one word; empty to resume. */
    public Uni<Void> pause(QueueName queue, String reason) {
        return run(queue, pause, List.of(reason)).replaceWithVoid();
    }

    /** Removes up to {@code max} jobs that were waiting or delayed when the first step began. */
    public Uni<DrainStep> drain(QueueName queue, int max, DrainStep before) {
        return run(queue, drain, List.of(Integer.toString(max), before.newest(), before.cursor()))
                .map(r -> new DrainStep(r.get(0).toLong(), r.get(1).toString(), r.get(2).toString()));
    }

    /** Makes up to {@code max} jobs ready that were dead when the first step began. A job whose unique key another job has stays dead. */
    public Uni<RedriveStep> redrive(QueueName queue, int max, RedriveStep before) {
        return run(queue, redrive,
                List.of(Integer.toString(max), Long.toString(before.skipped()), before.until())).map(r -> {
                    long moved = r.get(0).toLong();
                    long skipped = r.get(1).toLong();
                    return new RedriveStep(moved, before.skipped() + skipped, r.get(2).toString(),
                            moved + skipped == 0);
                });
    }

    /** Removes up to {@code max} jobs of a queue in whatever state, and the queue itself with the last of them; returns whether there are more. */
    public Uni<Boolean> remove(QueueName queue, int max) {
        return run(queue, remove, List.of(Integer.toString(max))).map(ReplyCodes::flag);
    }

    /**
     * Makes delayed jobs that are due ready, takes back jobs whose lease expired, and removes ended jobs whose retention is over.
     *
     * @param completedMs retention of completed jobs
     * @param max jobs of each kind
     */
    public Uni<Sweep> sweep(QueueName queue, QueueSettings settings, long completedMs, int max) {
        return run(queue, sweep, List.of(Integer.toString(settings.maxStalls()), Long.toString(completedMs),
                Long.toString(settings.deadMs()), Integer.toString(max)))
                .map(r -> new Sweep(snapshot(r), ReplyCodes.flag(r.get(0)), r.get(10).toLong()));
    }

    /**
     * Removes a queue that has had no jobs, schedules, pause or waiting requests for {@code afterMs}, counted from the first call that
     * found it so; returns whether the queue is removed.
     */
    public Uni<Boolean> removeIdle(QueueName queue, long afterMs) {
        return run(queue, idle, List.of(Long.toString(afterMs))).map(ReplyCodes::flag);
    }

    private static QueueSnapshot snapshot(Response r) {
        String paused = r.get(9).toString();
        return new QueueSnapshot(new QueueCounts(r.get(1).toLong(), r.get(2).toLong(), r.get(3).toLong(),
                r.get(4).toLong(), r.get(5).toLong(), r.get(6).toLong(), r.get(7).toLong(), r.get(8).toLong()),
                paused.isEmpty() ? null : paused);
    }

    private Uni<Response> run(QueueName queue, Script script, List<String> args) {
        return scripts.run(script, List.of(queue.metaKey()), args);
    }
}
