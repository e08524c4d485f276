package dev.millrace.queue.worker;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobRelease;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.EventLoop;

/**
 * One attempt at a job, from its delivery until its outcome is reported. The first of these events decides: the processor's
 * outcome, the timeout, a cancel request, the loss of the lease, or the stop of the service. Uses a context of its own only.
 */
final class Attempt {

    private static final Logger LOG = Logger.getLogger(Attempt.class);

    private final WorkerContext worker;
    private final QueueName queue;
    private final JobContext job;
    private final EventLoop context;
    private final Consumer<Attempt> done;
    private final String id;
    private final String leaseToken;
    private final Duration lease;

    @SuppressWarnings("NullAway.Init") // start() sets it.
    private Cancellable work;
    @SuppressWarnings("NullAway.Init") // start() sets it.
    private Future<?> extensions;
    @SuppressWarnings("NullAway.Init") // start() sets it.
    private Future<?> deadline;
    private boolean extending;
    private boolean decided;

    /** @param done called when the attempt is over, on any thread */
    Attempt(WorkerContext worker, Job job, EventLoop context, Consumer<Attempt> done) {
        this.worker = worker;
        this.queue = worker.queue();
        this.context = context;
        this.done = done;
        this.id = job.id();
        this.leaseToken = requireNonNull(job.leaseToken());
        this.lease = Duration.ofMillis(worker.leaseMs());
        this.job = new JobContext(queue, job, lease, worker.queues(), worker.json());
    }

    void start() {
        onContext(() -> {
            extensions = context.every(worker.leaseMs() / 3, this::extend);
            deadline = context.after(worker.timeoutMs(), this::tooLong);
            work = Uni.createFrom().deferred(() -> worker.processor().process(job)).subscribe()
                    .with(result -> onContext(() -> completed(result)), e -> onContext(() -> failed(e)));
        });
    }

    /** Returns the job to the queue if the attempt is not over; the attempt is not counted. May be called on any thread. */
    void giveBack() {
        onContext(() -> decide(() -> noted(
                worker.queues().release(queue, List.of(new JobRelease(id, leaseToken, null))))));
    }

    private void onContext(Runnable step) {
        context.run(step);
    }

    private void extend() {
        if (extending) {
            return;
        }
        extending = true;
        worker.queues().extend(queue, List.of(new LeaseExtension(id, leaseToken, lease, null))).subscribe()
                .with(extended -> onContext(() -> {
                    extending = false;
                    extended(extended.get(0));
                }), e -> onContext(() -> extending = false));
    }

    private void extended(ExtendedLease extended) {
        if (extended.cancelRequested()) {
            decide(() -> fail(failure("Cancelled", false)));
        } else if (extended.status() != JobStatus.EXTENDED) {
            decide(() -> {
                LOG.warnf("Job %s of queue %s is given up: its lease expired", id, queue.queue());
                return Uni.createFrom().voidItem();
            });
        }
    }

    private void tooLong() {
        failed(new TimeoutException("Took longer than " + Duration.ofMillis(worker.timeoutMs())));
    }

    private void completed(@Nullable Object result) {
        JsonValue value;
        try {
            value = worker.json().write("result", result);
        } catch (DeadJobException e) {
            failed(e);
            return;
        }
        decide(() -> noted(worker.queues().complete(queue, List.of(new JobResult(id, leaseToken, value)))));
    }

    private void failed(Throwable failure) {
        String message = failure.getMessage();
        String error = message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
        LOG.debugf(failure, "Job %s of queue %s failed", id, queue.queue());
        if (failure instanceof PostponeJobException postponed) {
            decide(() -> fail(JobFailure.postponed(id, leaseToken, bounded(error), postponed.delay())));
            return;
        }
        decide(() -> fail(failure(error, failure instanceof DeadJobException))
                .flatMap(status -> status == JobStatus.DEAD ? dead(failure) : Uni.createFrom().voidItem()));
    }

    private JobFailure failure(String error, boolean dead) {
        String text = bounded(error);
        return dead ? JobFailure.dead(id, leaseToken, text) : JobFailure.retry(id, leaseToken, text, null);
    }

    /** Shortens an error to its maximum length, without splitting a surrogate pair. */
    private static String bounded(String error) {
        int most = JobFailure.MAX_ERROR;
        if (error.length() <= most) {
            return error;
        }
        return error.substring(0, Character.isHighSurrogate(error.charAt(most - 1)) ? most - 1 : most);
    }

    private Uni<JobStatus> fail(JobFailure failure) {
        return noted(worker.queues().fail(queue, List.of(failure)));
    }

    private Uni<JobStatus> noted(Uni<List<JobStatus>> answer) {
        return JobPoller.insist(answer, worker.leaseMs()).map(statuses -> statuses.get(0)).onFailure().invoke(
                // The lease will expire, and the job will run again: at least once.
                e -> LOG.warnf("The outcome of job %s of queue %s could not be reported", id, queue.queue()));
    }

    private Uni<Void> dead(Throwable failure) {
        return Uni.createFrom().deferred(() -> worker.processor().onFailed(job, failure)).ifNoItem()
                .after(Duration.ofMillis(worker.timeoutMs())).fail().onFailure().invoke(
                        e -> LOG.errorf(e, "The processor of queue %s failed in onFailed of job %s",
                                queue.queue(), id));
    }

    private void decide(Supplier<Uni<?>> outcome) {
        if (decided) {
            return;
        }
        decided = true;
        extensions.cancel(false);
        deadline.cancel(false);
        work.cancel();
        outcome.get().subscribe().with(noted -> done.accept(this), failure -> done.accept(this));
    }
}
