package dev.millrace.queue;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.redis.Script;
import dev.millrace.redis.Scripts;

/** Steers a queue as a whole. What concerns many jobs goes in steps, so that Redis is never held up. */
@Singleton
public class QueueControl {

    private static final String JOBS_PER_STEP = "200";
    private static final String REMOVED_PER_STEP = "1000";

    private final Queues queues;
    private final Scripts scripts;
    private final Script pause;
    private final Script drain;
    private final Script redrive;
    private final Script remove;

    QueueControl(Queues queues, Scripts scripts) {
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

    Uni<Void> resume(QueueName queue) {
        return pause(queue, "");
    }

    /** Removes all jobs that are waiting or delayed now; says how many. */
    Uni<Long> drain(QueueName queue) {
        return drain(queue, new AtomicLong(), "", "0");
    }

    private Uni<Long> drain(QueueName queue, AtomicLong sum, String newest, String cursor) {
        return run(queue, drain, List.of(JOBS_PER_STEP, newest, cursor)).flatMap(r -> {
            sum.addAndGet(r.get(0).toLong());
            return r.get(3).toInteger() == 1
                    ? drain(queue, sum, r.get(1).toString(), r.get(2).toString())
                    : Uni.createFrom().item(sum.get());
        });
    }

    /** Makes all jobs that are dead now ready, but for those whose unique key another job has; says how many. */
    Uni<Long> redrive(QueueName queue) {
        return redrive(queue, new AtomicLong(), 0, "");
    }

    private Uni<Long> redrive(QueueName queue, AtomicLong sum, long skipped, String until) {
        return run(queue, redrive, List.of(JOBS_PER_STEP, Long.toString(skipped), until)).flatMap(r -> {
            long moved = r.get(0).toLong();
            long left = r.get(1).toLong();
            sum.addAndGet(moved);
            return moved + left > 0
                    ? redrive(queue, sum, skipped + left, r.get(2).toString())
                    : Uni.createFrom().item(sum.get());
        });
    }

    /** Removes a queue with its settings, its schedules and all its jobs; workers' leases are void. */
    Uni<Void> remove(QueueName queue) {
        // Its settings first, so that nothing is pushed meanwhile; its name last, so that what fails can be done again.
        return queues.forgetSettings(queue).chain(() -> removeJobs(queue)).chain(() -> queues.forget(queue));
    }

    private Uni<Void> removeJobs(QueueName queue) {
        return run(queue, remove, List.of(REMOVED_PER_STEP)).flatMap(
                more -> more.toInteger() == 1 ? removeJobs(queue) : Uni.createFrom().voidItem());
    }

    private Uni<Response> run(QueueName queue, Script script, List<String> args) {
        return scripts.run(script, List.of(queue.key("meta")), args);
    }
}
