package dev.millrace.queue.worker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.millrace.http.Stopping;
import dev.millrace.queue.model.Job;
import dev.millrace.redis.EventLoop;

/** Runs a processor on the jobs of one queue, up to its concurrency at once, until the service stops. */
final class ProcessorWorker {

    private final WorkerContext worker;
    private final EventLoop context;
    private final JobPoller poller;
    private final Set<Attempt> underWay = ConcurrentHashMap.newKeySet();

    ProcessorWorker(WorkerContext worker, EventLoop context, Stopping stopping) {
        this.worker = worker;
        this.context = context;
        this.poller = new JobPoller(worker.queue(), worker.processor().concurrency(), worker.leaseMs(),
                worker.queues(), context, stopping::hasBegun, settings -> true, this::work);
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
        EventLoop own = context.duplicate();
        Attempt attempt = new Attempt(worker, job, own, over -> {
            underWay.remove(over);
            poller.done();
        });
        underWay.add(attempt);
        attempt.start();
    }
}
