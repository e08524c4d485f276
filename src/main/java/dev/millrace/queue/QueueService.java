package dev.millrace.queue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

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
    /** How often a reserve asks again because the settings have changed, before it uses those that it has just read. */
    private static final int MAX_SETTINGS_TRIES = 5;

    private final Queues queues;
    private final QueueStore store;
    private final LongPollWaiters waiters;
    private final Stopping stopping;
    private final QueueMetrics metrics;
    private final RequestBatcher<List<NewJob>, List<EnqueuedJob>> enqueues;
    private final RequestBatcher<ReserveCall, ReserveReply> reserves;
    private final RequestBatcher<List<JobResult>, List<JobStatus>> completions;

    /**
     * A worker's request for jobs.
     *
     * @param waiting whether the worker waits if there are none
     * @param wanted whether it is for jobs of a queue with these settings
     */
    private record ReserveCall(Reservation reservation, boolean waiting, Predicate<QueueSettings> wanted) {

        ReserveCall waiting(boolean waits) {
            return waits == waiting ? this : new ReserveCall(reservation, waits, wanted);
        }
    }

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
        return reserve(queue, max, leaseMs, waitMs, gone, settings -> true);
    }

    /** As above, but reserves no job while the queue has settings that are not {@code wanted}. */
    public Uni<List<Job>> reserve(QueueName queue, int max, long leaseMs, long waitMs, BooleanSupplier gone,
            Predicate<QueueSettings> wanted) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        ReserveCall call = new ReserveCall(new Reservation(max, leaseMs), waitMs > 0, wanted);
        return queues.find(queue).flatMap(s -> reserve(queue, call, until, false, gone))
                .map(handed -> jobs(queue, handed));
    }

    private Uni<ReserveReply> reserve(QueueName queue, ReserveCall call, long until, boolean again,
            BooleanSupplier gone) {
        long asked = System.nanoTime();
        return reserves.ask(queue, call).flatMap(handed -> {
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
            if (!call.waiting() || until - System.nanoTime() <= 0) {
                // Redis found only remains of removed jobs so far, so there may be jobs behind them.
                return handed.nextInMs() == 0
                        ? reserve(queue, call.waiting(false), until, true, gone)
                        : Uni.createFrom().item(handed);
            }
            return waiters.await(queue, asked, until, handed.nextInMs(), again, gone)
                    .chain(() -> reserve(queue, call.waiting(until - System.nanoTime() > 0), until, true, gone));
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

    private Uni<List<ReserveReply>> reserveAll(QueueName queue, List<ReserveCall> requests) {
        return reserveAll(queue, requests, queues.known(queue), MAX_SETTINGS_TRIES);
    }

    /**
     * Shares the jobs among the requests in order. If there are too few, the last requests get fewer. If the settings have changed, it
     * asks again with the new ones.
     */
    private Uni<List<ReserveReply>> reserveAll(QueueName queue, List<ReserveCall> requests, QueueSettings s,
            int tries) {
        List<ReserveCall> served = requests.stream().filter(call -> call.wanted().test(s)).toList();
        if (served.isEmpty()) {
            return Uni.createFrom().item(Collections.nCopies(requests.size(), ReserveReply.NONE));
        }
        boolean waiting = served.stream().anyMatch(ReserveCall::waiting);
        List<Reservation> reservations = served.stream().map(ReserveCall::reservation).toList();
        return store.reserve(queue, reservations, waiting, s, tries > 0).flatMap(all -> {
            String other = all.otherVersion();
            return other == null
                    ? Uni.createFrom().item(shares(requests, s, all))
                    : queues.changed(queue, other).flatMap(now -> reserveAll(queue, requests, now, tries - 1));
        });
    }

    private static List<ReserveReply> shares(List<ReserveCall> requests, QueueSettings s, ReserveReply all) {
        if (requests.size() == 1) {
            return List.of(all);
        }
        List<ReserveReply> shares = new ArrayList<>(requests.size());
        int from = 0;
        for (ReserveCall call : requests) {
            if (call.wanted().test(s)) {
                int to = Math.min(all.jobs().size(), from + call.reservation().max());
                shares.add(all.part(from, to));
                from = to;
            } else {
                shares.add(ReserveReply.NONE);
            }
        }
        return shares;
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
