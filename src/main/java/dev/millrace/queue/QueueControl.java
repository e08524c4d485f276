package dev.millrace.queue;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;

import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.store.WholeQueueStore;
import dev.millrace.queue.store.WholeQueueStore.DrainStep;
import dev.millrace.queue.store.WholeQueueStore.RedriveStep;

/** Pauses, drains, redrives and removes whole queues. Operations on many jobs run in steps, so that none blocks Redis for long. */
@Singleton
public class QueueControl {

    private static final int JOBS_PER_STEP = 500;
    private static final int REMOVED_PER_STEP = 1000;

    private final Queues queues;
    private final WholeQueueStore store;

    QueueControl(Queues queues, WholeQueueStore store) {
        this.queues = queues;
        this.store = store;
    }

    /** Pauses a queue: it hands out no jobs until it is resumed. {@code reason}: one word, shown to clients. */
    public Uni<Void> pause(QueueName queue, String reason) {
        return store.pause(queue, reason);
    }

    /** Resumes a paused queue; does nothing to another one. */
    public Uni<Void> resume(QueueName queue) {
        return store.pause(queue, "");
    }

    /** Removes all jobs that are waiting or delayed now; returns how many. */
    public Uni<Long> drain(QueueName queue) {
        return Uni.createFrom().deferred(() -> {
            AtomicLong removed = new AtomicLong();
            AtomicReference<DrainStep> last = new AtomicReference<>(DrainStep.FIRST);
            return untilDone(() -> store.drain(queue, JOBS_PER_STEP, requireNonNull(last.get())).map(step -> {
                removed.addAndGet(step.removed());
                last.set(step);
                return step.isLast();
            })).map(done -> removed.get());
        });
    }

    /** Makes all jobs that are dead now ready, except those whose unique key another job has; returns how many. */
    public Uni<Long> redrive(QueueName queue) {
        return Uni.createFrom().deferred(() -> {
            AtomicLong moved = new AtomicLong();
            AtomicReference<RedriveStep> last = new AtomicReference<>(RedriveStep.FIRST);
            return untilDone(() -> store.redrive(queue, JOBS_PER_STEP, requireNonNull(last.get())).map(step -> {
                moved.addAndGet(step.moved());
                last.set(step);
                return step.last();
            })).map(done -> moved.get());
        });
    }

    /** Removes a queue with its settings, schedules and jobs. Leases of its jobs become void. A removal that fails can be repeated. */
    public Uni<Void> remove(QueueName queue) {
        // The settings go first, so that nothing is pushed meanwhile; the name goes last, so that a failed removal can be repeated.
        return queues.resetSettings(queue)
                .chain(() -> untilDone(() -> store.remove(queue, REMOVED_PER_STEP).map(more -> !more)))
                .chain(() -> queues.unregister(queue));
    }

    /** Runs a step until it returns true. */
    private static Uni<Void> untilDone(Supplier<Uni<? extends Boolean>> step) {
        return Uni.createFrom().deferred(step).repeat().until(done -> done).onItem().ignoreAsUni();
    }
}
