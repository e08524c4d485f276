package dev.millrace.queue.worker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.vertx.core.impl.ContextInternal;

import dev.millrace.http.Stopping;
import dev.millrace.queue.model.Job;

/** Runs a processor on the jobs of one queue, up to its concurrency at once, until the service stops. */
final class ProcessorWorker {

    private final WorkerContext worker;
    private final ContextInternal context;
    private final JobPoller poller;
    private final Set<Attempt> underWay = ConcurrentHashMap.newKeySet();

    ProcessorWorker(WorkerContext worker, ContextInternal context, Stopping stopping) {
        this.worker = worker;
        this.context = context;
        this.poller = new JobPoller(worker.queue(), worker.processor().concurrency(), worker.leaseMs(),
                worker.queues(), context, stopping::hasBegun, this::work);
    }

    void start() {
        poller.start();
    }

    boolean isBusy() {
        return !underWay.isEmpty();
    }

    /** Returns the jobs in progress to the queue. */
    void giveBack() {
        underWay.forEach(Attempt::giveBack);
    }

    private void work(Job job) {
        ContextInternal own = context.duplicate();
        VertxContextSafetyToggle.setContextSafe(own, true);
        Attempt attempt = new Attempt(worker, job, own, over -> {
            underWay.remove(over);
            poller.done();
        });
        underWay.add(attempt);
        attempt.start();
    }
}
