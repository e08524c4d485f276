package dev.millrace.queue.worker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.vertx.core.impl.ContextInternal;

import dev.millrace.http.Stopping;
import dev.millrace.queue.model.Job;

/** Has a processor work the jobs of one queue, as many at once as it likes, until the service stops. */
final class ProcessorWorker {

    private final WorkerContext workplace;
    private final ContextInternal context;
    private final JobPoller intake;
    private final Set<Attempt> underWay = ConcurrentHashMap.newKeySet();

    ProcessorWorker(WorkerContext workplace, ContextInternal context, Stopping stopping) {
        this.workplace = workplace;
        this.context = context;
        this.intake = new JobPoller(workplace.queue(), workplace.processor().concurrency(), workplace.leaseMs(),
                workplace.queues(), context, stopping::hasBegun, this::work);
    }

    void start() {
        intake.start();
    }

    boolean isBusy() {
        return !underWay.isEmpty();
    }

    /** Hands to others what is still being worked. */
    void giveBack() {
        underWay.forEach(Attempt::giveBack);
    }

    private void work(Job job) {
        ContextInternal own = context.duplicate();
        VertxContextSafetyToggle.setContextSafe(own, true);
        Attempt attempt = new Attempt(workplace, job, own, over -> {
            underWay.remove(over);
            intake.done();
        });
        underWay.add(attempt);
        attempt.start();
    }
}
