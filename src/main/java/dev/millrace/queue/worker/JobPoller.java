package dev.millrace.queue.worker;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jboss.logging.Logger;

import io.smallrye.mutiny.Uni;

import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.redis.EventLoop;
import dev.millrace.redis.RedisUnavailableException;

/**
 * Fetches jobs for a worker inside the service. It asks for as many jobs as the worker has room for, and waits for them like
 * a worker that uses HTTP. Delivers the jobs on its context.
 */
public final class JobPoller {

    private static final Logger LOG = Logger.getLogger(JobPoller.class);
    private static final long WAIT_MS = 10_000;
    private static final long AFTER_FAILURE_MS = 1000;
    private static final int JOBS_AT_ONCE = 100;
    private static final Duration SOON = Duration.ofMillis(200);
    private static final Duration LATER = Duration.ofSeconds(2);

    private final QueueName queue;
    private final int room;
    private final long leaseMs;
    private final QueueService queues;
    private final EventLoop context;
    private final BooleanSupplier over;
    private final Predicate<QueueSettings> wanted;
    private final Consumer<Job> worker;

    private int underWay;
    private boolean asking;
    private boolean held;

    /**
     * @param room maximum number of jobs in progress
     * @param leaseMs lease of each job
     * @param over whether no more jobs are wanted, ever
     * @param wanted whether jobs are wanted while the queue has these settings
     * @param worker receives each job, on the context
     */
    public JobPoller(QueueName queue, int room, long leaseMs, QueueService queues, EventLoop context,
            BooleanSupplier over, Predicate<QueueSettings> wanted, Consumer<Job> worker) {
        this.queue = queue;
        this.room = room;
        this.leaseMs = leaseMs;
        this.queues = queues;
        this.context = context;
        this.over = over;
        this.wanted = wanted;
        this.worker = worker;
    }

    /** Starts to ask for jobs. May be called on any thread. */
    public void start() {
        context.run(this::ask);
    }

    /** Reports that a delivered job is no longer in progress. May be called on any thread. */
    public void done() {
        context.run(() -> {
            underWay--;
            ask();
        });
    }

    /** Whether the poller is paused. */
    public boolean isHeld() {
        return held;
    }

    /** Pauses the poller for {@code ms}, and up to a quarter longer. */
    public void hold(long ms) {
        held = true;
        long jittered = ms + ThreadLocalRandom.current().nextLong(ms / 4 + 1);
        context.after(jittered, () -> {
            held = false;
            ask();
        });
    }

    private void ask() {
        int free = Math.min(JOBS_AT_ONCE, room - underWay);
        if (asking || held || free <= 0 || over.getAsBoolean()) {
            return;
        }
        asking = true;
        queues.reserve(queue, free, leaseMs, WAIT_MS, over, wanted).subscribe().with(jobs -> context.run(() -> {
            asking = false;
            if (over.getAsBoolean() || held) {
                giveBack(jobs);
            } else {
                underWay += jobs.size();
                jobs.forEach(worker);
                ask();
            }
        }), failure -> context.run(() -> {
            asking = false;
            hold(AFTER_FAILURE_MS);
        }));
    }

    /** Returns jobs that arrived after the end or during a pause. */
    private void giveBack(List<Job> jobs) {
        if (!jobs.isEmpty()) {
            List<JobFailure> unworked = jobs.stream()
                    .map(job -> JobFailure.postponed(job.id(), requireNonNull(job.leaseToken()), null, Duration.ZERO))
                    .toList();
            queues.fail(queue, unworked).subscribe()
                    .with(done -> {},
                            failure -> LOG.debug(
                                    "Jobs could not be returned; they are redelivered when their leases expire",
                                    failure));
        }
    }

    /**
     * Repeats a report about a job for up to {@code ms} while Redis is unavailable, so that a job that is done does not
     * run twice.
     */
    public static <T> Uni<T> insist(Uni<T> answer, long ms) {
        return answer.onFailure(RedisUnavailableException.class).retry().withBackOff(SOON, LATER).expireIn(ms);
    }
}
