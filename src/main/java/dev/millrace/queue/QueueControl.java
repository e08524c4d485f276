package dev.millrace.queue;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/** Steers a queue as a whole. What concerns many jobs goes in steps, so that Redis is never held up. */
@Singleton
public class QueueControl {

    private static final String JOBS_PER_STEP = "500";
    private static final String REMOVED_PER_STEP = "1000";

    private final Queues queues;
    private final ScriptRunner scripts;
    private final Script pause;
    private final Script drain;
    private final Script redrive;
    private final Script remove;

    QueueControl(Queues queues, ScriptRunner scripts) {
        this.queues = queues;
        this.scripts = scripts;
        this.pause = scripts.get("queue/pause-1");
        this.drain = scripts.get("queue/drain-1");
        this.redrive = scripts.get("queue/redrive-1");
        this.remove = scripts.get("queue/remove-1");
    }

    /** Pauses a queue, which then hands out nothing. {@code why} is one word. */
    public Uni<Void> pause(QueueName queue, String why) {
        return run(queue, pause, List.of(why)).replaceWithVoid();
    }

    public Uni<Void> resume(QueueName queue) {
        return pause(queue, "");
    }

    /** Removes all jobs that are waiting or delayed now; says how many. */
    public Uni<Long> drain(QueueName queue) {
        return Uni.createFrom().deferred(() -> {
            AtomicLong sum = new AtomicLong();
            AtomicReference<String> newest = new AtomicReference<>("");
            AtomicReference<String> cursor = new AtomicReference<>("e:0:");
            return untilDone(() -> run(queue, drain, List.of(JOBS_PER_STEP, newest.get(), cursor.get())).map(r -> {
                sum.addAndGet(r.get(0).toLong());
                newest.set(r.get(1).toString());
                cursor.set(r.get(2).toString());
                return cursor.get().isEmpty();
            })).map(done -> sum.get());
        });
    }

    /** Makes all jobs that are dead now ready, but for those whose unique key another job has; says how many. */
    public Uni<Long> redrive(QueueName queue) {
        return Uni.createFrom().deferred(() -> {
            AtomicLong sum = new AtomicLong();
            AtomicLong skipped = new AtomicLong();
            AtomicReference<String> until = new AtomicReference<>("");
            return untilDone(
                    () -> run(queue, redrive, List.of(JOBS_PER_STEP, skipped.toString(), until.get())).map(r -> {
                        long moved = r.get(0).toLong();
                        long left = r.get(1).toLong();
                        sum.addAndGet(moved);
                        skipped.addAndGet(left);
                        until.set(r.get(2).toString());
                        return moved + left == 0;
                    })).map(done -> sum.get());
        });
    }

    /** Removes a queue with its settings, its schedules and all its jobs; workers' leases are void. */
    public Uni<Void> remove(QueueName queue) {
        // Its settings first, so that nothing is pushed meanwhile; its name last, so that what fails can be done again.
        return queues.forgetSettings(queue)
                .chain(() -> untilDone(
                        () -> run(queue, remove, List.of(REMOVED_PER_STEP)).map(more -> more.toInteger() == 0)))
                .chain(() -> queues.forget(queue));
    }

    /** Takes a step until it says that it was the last one. */
    private static Uni<Void> untilDone(Supplier<Uni<? extends Boolean>> step) {
        return Uni.createFrom().deferred(step).repeat().until(done -> done).onItem().ignoreAsUni();
    }

    private Uni<Response> run(QueueName queue, Script script, List<String> args) {
        return scripts.run(script, List.of(queue.key("meta")), args);
    }
}
