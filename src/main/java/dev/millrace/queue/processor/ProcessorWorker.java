package dev.millrace.queue.processor;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.vertx.core.impl.ContextInternal;

import dev.millrace.http.Stopping;
import dev.millrace.queue.Intake;
import dev.millrace.queue.Job;

/** Has a processor work the jobs of one queue, as many at once as it likes, until the service stops. */
final class ProcessorWorker {

    private final Workplace workplace;
    private final ContextInternal context;
    private final Intake intake;
    private final Set<Attempt> underWay = ConcurrentHashMap.newKeySet();

    ProcessorWorker(Workplace workplace, ContextInternal context, Stopping stopping) {
        this.workplace = workplace;
        this.context = context;
        this.intake = new Intake(workplace.queue(), workplace.processor().concurrency(), workplace.leaseMs(),
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
