package dev.millrace.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.Stopping;
import dev.millrace.http.json.Timestamps;
import dev.millrace.queue.api.WorkResource.Extension;
import dev.millrace.queue.api.WorkResource.Failure;
import dev.millrace.queue.api.WorkResource.Result;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.QueueStore;
import dev.millrace.queue.store.QueueStore.Enqueued;
import dev.millrace.queue.store.QueueStore.Handed;
import dev.millrace.queue.store.QueueStore.Wanted;
import dev.millrace.queue.waiting.LongPollWaiters;
import dev.millrace.queue.waiting.RequestBatcher;

/**
 * What producers and workers do with a queue. Each call is one atomic script; concurrent ones about the same queue share it
 * ({@link RequestBatcher}). A job that was handed out and not answered for comes back when its lease ends, so a job is worked at least
 * once, and only once unless a worker let its lease go.
 */
@Singleton
public class QueueService {

    /** Most jobs in a script that requests share: about a millisecond of Redis' time. */
    private static final int MOST = 200;
    private static final int BYTES_PER_WEIGHT = 1024;

    private final Queues queues;
    private final QueueStore store;
    private final LongPollWaiters sleepers;
    private final Stopping stopping;
    private final QueueMetrics metrics;
    private final RequestBatcher<List<NewJob>, List<Enqueued>> enqueues;
    private final RequestBatcher<Asked, Handed> reserves;
    private final RequestBatcher<List<Result>, List<JobStatus>> completions;

    /** A request for jobs, as it goes to Redis. */
    private record Asked(Wanted wanted, boolean waiting) {}

    QueueService(Queues queues, QueueStore store, LongPollWaiters sleepers, Stopping stopping, QueueMetrics metrics) {
        this.queues = queues;
        this.store = store;
        this.sleepers = sleepers;
        this.stopping = stopping;
        this.metrics = metrics;
        this.enqueues = new RequestBatcher<>(this::enqueueAll, QueueService::weight, MOST);
        this.reserves = new RequestBatcher<>(this::reserveAll, asked -> asked.wanted().max(), MOST);
        this.completions = new RequestBatcher<>(this::completeAll, List::size, MOST);
    }

    /** Adds jobs, in order, all or none. */
    public Uni<List<Enqueued>> enqueue(QueueName queue, List<NewJob> jobs) {
        return queues.use(queue).flatMap(s -> enqueues.ask(queue, jobs))
                .invoke(enqueued -> metrics.enqueued(queue, enqueued));
    }

    /** Notes that a queue is in use; fails with 409 if there are too many. */
    public Uni<Void> register(QueueName queue) {
        return queues.register(queue);
    }

    /** Adds the job of an occurrence of a schedule, unless another replica did; {@code next}: the one after it, -1 for none. */
    public Uni<Void> fire(QueueName queue, String schedule, long at, long next, NewJob job) {
        return store.fire(queue, schedule, at, next, job, queues.known(queue))
                .invoke(enqueued -> metrics.enqueued(queue, enqueued)).replaceWithVoid();
    }

    private static int weight(List<NewJob> jobs) {
        int weight = jobs.size();
        for (NewJob job : jobs) {
            weight += job.data() == null ? 0 : job.data().text().length() / BYTES_PER_WEIGHT;
        }
        return weight;
    }

    private Uni<List<List<Enqueued>>> enqueueAll(QueueName queue, List<List<NewJob>> requests) {
        if (requests.size() == 1) {
            return store.enqueue(queue, requests.get(0), queues.known(queue)).map(List::of);
        }
        List<NewJob> all = new ArrayList<>();
        requests.forEach(all::addAll);
        return store.enqueue(queue, all, queues.known(queue)).map(enqueued -> split(requests, enqueued));
    }

    /**
     * Hands out jobs; waits for the first one if there is none.
     *
     * @param max 1 to 1000
     * @param leaseMs 0 for each job's own
     * @param waitMs how long to wait
     * @param gone whether the caller has hung up, so that nothing is handed to nobody
     */
    public Uni<List<Job>> reserve(QueueName queue, int max, long leaseMs, long waitMs, BooleanSupplier gone) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        return queues.use(queue)
                .flatMap(s -> reserve(queue, new Wanted(max, leaseMs), until, waitMs > 0, false, gone))
                .map(handed -> jobs(queue, handed));
    }

    private Uni<Handed> reserve(QueueName queue, Wanted wanted, long until, boolean wait, boolean again,
            BooleanSupplier gone) {
        long asked = System.nanoTime();
        return reserves.ask(queue, new Asked(wanted, wait)).flatMap(handed -> {
            if (!handed.jobs().isEmpty()) {
                if (gone.getAsBoolean()) {
                    return store.release(queue, handed.jobs()).replaceWith(handed);
                }
                sleepers.wakeNext(queue);
                return Uni.createFrom().item(handed);
            }
            if (stopping.hasBegun() || gone.getAsBoolean()) {
                return Uni.createFrom().item(handed);
            }
            if (!wait || until - System.nanoTime() <= 0) {
                // There was nothing but what is left of removed jobs, so far.
                return handed.nextInMs() == 0
                        ? reserve(queue, wanted, until, false, true, gone)
                        : Uni.createFrom().item(handed);
            }
            return sleepers.sleep(queue, asked, until, handed.nextInMs(), again, gone)
                    .chain(() -> reserve(queue, wanted, until, until - System.nanoTime() > 0, true, gone));
        });
    }

    private List<Job> jobs(QueueName queue, Handed handed) {
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

    /** Jobs are handed out in the order of the requests; what is short is short for the last ones. */
    private Uni<List<Handed>> reserveAll(QueueName queue, List<Asked> requests) {
        boolean waiting = requests.stream().anyMatch(Asked::waiting);
        List<Wanted> wanted = requests.stream().map(Asked::wanted).toList();
        return store.reserve(queue, wanted, waiting, queues.known(queue)).map(all -> {
            if (requests.size() == 1) {
                return List.of(all);
            }
            List<Handed> shares = new ArrayList<>(requests.size());
            int from = 0;
            for (Wanted w : wanted) {
                int to = Math.min(all.jobs().size(), from + w.max());
                shares.add(new Handed(all.jobs().subList(from, to), all.leaseEnds().subList(from, to), all.nextInMs()));
                from = to;
            }
            return shares;
        });
    }

    /** Completes jobs; says what became of each answer, in order. */
    public Uni<List<JobStatus>> complete(QueueName queue, List<Result> results) {
        return queues.use(queue).flatMap(s -> completions.ask(queue, results))
                .invoke(statuses -> metrics.answered(queue, statuses));
    }

    private Uni<List<List<JobStatus>>> completeAll(QueueName queue, List<List<Result>> requests) {
        if (requests.size() == 1) {
            return store.complete(queue, requests.get(0), queues.known(queue)).map(List::of);
        }
        List<Result> all = new ArrayList<>();
        requests.forEach(all::addAll);
        return store.complete(queue, all, queues.known(queue)).map(statuses -> split(requests, statuses));
    }

    /** Takes failures of jobs. */
    public Uni<List<JobStatus>> fail(QueueName queue, List<Failure> failures) {
        return queues.use(queue).flatMap(s -> store.fail(queue, failures, s))
                .invoke(statuses -> metrics.answered(queue, statuses));
    }

    /** Prolongs leases. */
    public Uni<List<ExtendedLease>> extend(QueueName queue, List<Extension> leases) {
        return queues.use(queue).flatMap(s -> store.extend(queue, leases, s));
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
