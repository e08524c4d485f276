package dev.millrace.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.Stopping;
import dev.millrace.http.json.Timestamps;
import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobRelease;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.EnqueueReply;
import dev.millrace.queue.store.QueueStore;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.ReserveReply;
import dev.millrace.queue.store.StoredJob;
import dev.millrace.queue.waiting.LongPollWaiters;
import dev.millrace.queue.waiting.RequestBatcher;

/**
 * Enqueues, reserves, completes, fails, extends and releases jobs. Each call is one atomic script; concurrent calls about a queue share
 * one ({@link RequestBatcher}). Each job runs at least once: if a worker reports no outcome before the lease expires, the job
 * is redelivered. It runs only once unless its lease expires before the worker reports an outcome.
 */
@Singleton
public class QueueService {

    /** Maximum weight of the requests that share a script, in jobs or KiB: about 1 ms of Redis' time. */
    private static final int MAX_BATCH_WEIGHT = 200;
    private static final int BYTES_PER_WEIGHT = 1024;

    private final Queues queues;
    private final QueueStore store;
    private final LongPollWaiters waiters;
    private final Stopping stopping;
    private final QueueMetrics metrics;
    private final RequestBatcher<List<NewJob>, List<EnqueuedJob>> enqueues;
    private final RequestBatcher<ReserveCall, ReserveReply> reserves;
    private final RequestBatcher<List<JobResult>, List<JobStatus>> completions;

    /** A worker's request for jobs. {@code waiting}: whether the worker waits if there are none. */
    private record ReserveCall(Reservation reservation, boolean waiting) {}

    QueueService(Queues queues, QueueStore store, LongPollWaiters waiters, Stopping stopping, QueueMetrics metrics) {
        this.queues = queues;
        this.store = store;
        this.waiters = waiters;
        this.stopping = stopping;
        this.metrics = metrics;
        this.enqueues = new RequestBatcher<>(this::enqueueAll, QueueService::weight, MAX_BATCH_WEIGHT);
        this.reserves = new RequestBatcher<>(this::reserveAll, call -> call.reservation().max(), MAX_BATCH_WEIGHT);
        this.completions = new RequestBatcher<>(this::completeAll, List::size, MAX_BATCH_WEIGHT);
    }

    /** Enqueues jobs, in order, all or none. Fails with 409 if the tenant has too many queues. */
    public Uni<List<EnqueuedJob>> enqueue(QueueName queue, List<NewJob> jobs) {
        return queues.use(queue).flatMap(s -> enqueues.ask(queue, jobs))
                .invoke(enqueued -> metrics.enqueued(queue, enqueued));
    }

    /** Registers a queue as in use. Fails with 409 if the tenant has too many queues. */
    public Uni<Void> register(QueueName queue) {
        return queues.register(queue);
    }

    /**
     * Enqueues the jobs of occurrences of a schedule, unless another replica did.
     *
     * @param at the occurrence that is stored as the next one, in ms since 1970
     * @param next the occurrence to store, in ms since 1970; -1 for none
     * @param occurrences those to enqueue the job for, in ms since 1970
     */
    public Uni<Void> fire(QueueName queue, String schedule, long at, long next, NewJob job, List<Long> occurrences) {
        return registered(queue, store.fire(queue, schedule, at, next, job, occurrences))
                .invoke(enqueued -> metrics.enqueued(queue, enqueued)).replaceWithVoid();
    }

    private static int weight(List<NewJob> jobs) {
        int weight = jobs.size();
        for (NewJob job : jobs) {
            weight += job.data() == null ? 0 : job.data().text().length() / BYTES_PER_WEIGHT;
        }
        return weight;
    }

    private Uni<List<List<EnqueuedJob>>> enqueueAll(QueueName queue, List<List<NewJob>> requests) {
        if (requests.size() == 1) {
            return registered(queue, store.enqueue(queue, requests.get(0), queues.known(queue))).map(List::of);
        }
        List<NewJob> all = new ArrayList<>();
        requests.forEach(all::addAll);
        return registered(queue, store.enqueue(queue, all, queues.known(queue)))
                .map(enqueued -> split(requests, enqueued));
    }

    /** The jobs that were enqueued, once their queue is registered. It may be new, or removed since it was registered. */
    private Uni<List<EnqueuedJob>> registered(QueueName queue, Uni<EnqueueReply> enqueue) {
        return enqueue.call(reply -> reply.first() ? queues.register(queue) : Uni.createFrom().voidItem())
                .map(EnqueueReply::jobs);
    }

    /**
     * Reserves up to {@code max} jobs. Waits for the first job if there is none.
     *
     * @param max 1 to 1000
     * @param leaseMs lease of each job; 0 for the job's own
     * @param waitMs maximum time to wait, in ms
     * @param gone whether the client has disconnected: the jobs are then released, and none is lost
     */
    public Uni<List<Job>> reserve(QueueName queue, int max, long leaseMs, long waitMs, BooleanSupplier gone) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        return queues.find(queue)
                .flatMap(s -> reserve(queue, new Reservation(max, leaseMs), until, waitMs > 0, false, gone))
                .map(handed -> jobs(queue, handed));
    }

    private Uni<ReserveReply> reserve(QueueName queue, Reservation reservation, long until, boolean wait, boolean again,
            BooleanSupplier gone) {
        long asked = System.nanoTime();
        return reserves.ask(queue, new ReserveCall(reservation, wait)).flatMap(handed -> {
            if (!handed.jobs().isEmpty()) {
                if (gone.getAsBoolean()) {
                    return store.release(queue, handed.jobs().stream().map(StoredJob::undelivered).toList())
                            .replaceWith(handed);
                }
                waiters.wakeNext(queue);
                return Uni.createFrom().item(handed);
            }
            if (stopping.hasBegun() || gone.getAsBoolean()) {
                return Uni.createFrom().item(handed);
            }
            if (!wait || until - System.nanoTime() <= 0) {
                // Redis found only remains of removed jobs so far, so there may be jobs behind them.
                return handed.nextInMs() == 0
                        ? reserve(queue, reservation, until, false, true, gone)
                        : Uni.createFrom().item(handed);
            }
            return waiters.await(queue, asked, until, handed.nextInMs(), again, gone)
                    .chain(() -> reserve(queue, reservation, until, until - System.nanoTime() > 0, true, gone));
        });
    }

    private List<Job> jobs(QueueName queue, ReserveReply handed) {
        QueueSettings settings = queues.known(queue);
        List<Job> jobs = new ArrayList<>(handed.jobs().size());
        Timestamps.Series ends = new Timestamps.Series();
        Timestamps.Series enqueued = new Timestamps.Series();
        for (int i = 0; i < handed.jobs().size(); i++) {
            jobs.add(handed.jobs().get(i).delivered(ends.format(handed.leaseEnds().get(i)), enqueued, settings));
        }
        metrics.reserved(queue, jobs.size());
        return jobs;
    }

    /** Shares the jobs among the requests in order. If there are too few, the last requests get fewer. */
    private Uni<List<ReserveReply>> reserveAll(QueueName queue, List<ReserveCall> requests) {
        boolean waiting = requests.stream().anyMatch(ReserveCall::waiting);
        List<Reservation> reservations = requests.stream().map(ReserveCall::reservation).toList();
        return store.reserve(queue, reservations, waiting, queues.known(queue)).map(all -> {
            if (requests.size() == 1) {
                return List.of(all);
            }
            List<ReserveReply> shares = new ArrayList<>(requests.size());
            int from = 0;
            for (Reservation r : reservations) {
                int to = Math.min(all.jobs().size(), from + r.max());
                shares.add(all.part(from, to));
                from = to;
            }
            return shares;
        });
    }

    /** Completes jobs; returns the status of each report, in order. */
    public Uni<List<JobStatus>> complete(QueueName queue, List<JobResult> results) {
        return queues.find(queue).flatMap(s -> completions.ask(queue, results))
                .invoke(statuses -> metrics.answered(queue, statuses));
    }

    private Uni<List<List<JobStatus>>> completeAll(QueueName queue, List<List<JobResult>> requests) {
        if (requests.size() == 1) {
            return store.complete(queue, requests.get(0), queues.known(queue)).map(List::of);
        }
        List<JobResult> all = new ArrayList<>();
        requests.forEach(all::addAll);
        return store.complete(queue, all, queues.known(queue)).map(statuses -> split(requests, statuses));
    }

    /** Fails jobs; returns the status of each report, in order. */
    public Uni<List<JobStatus>> fail(QueueName queue, List<JobFailure> failures) {
        return queues.find(queue).flatMap(s -> store.fail(queue, failures, s))
                .invoke(statuses -> metrics.answered(queue, statuses));
    }

    /** Extends leases; returns the outcome of each, in order. */
    public Uni<List<ExtendedLease>> extend(QueueName queue, List<LeaseExtension> leases) {
        return queues.find(queue).flatMap(s -> store.extend(queue, leases, s));
    }

    /**
     * Gives jobs back at no cost of an attempt or a stall: to the front of their priority, in this order, or delayed. Returns the
     * status of each report, in order.
     */
    public Uni<List<JobStatus>> release(QueueName queue, List<JobRelease> leases) {
        return queues.find(queue).flatMap(s -> store.release(queue, leases))
                .invoke(statuses -> metrics.answered(queue, statuses));
    }

    private static <T> List<List<T>> split(List<? extends List<?>> requests, List<T> answers) {
        List<List<T>> parts = new ArrayList<>(requests.size());
        int from = 0;
        for (List<?> request : requests) {
            parts.add(answers.subList(from, from + request.size()));
            from += request.size();
        }
        return parts;
    }
}
