package dev.millrace.queue.push;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jboss.logging.Logger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.Stopping;
import dev.millrace.queue.QueueControl;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.PushTarget;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.worker.JobPoller;
import dev.millrace.redis.EventLoop;

/**
 * Sends the jobs of one queue to its receiver, as long as that is the receiver in the queue's settings. It reserves jobs like any worker, so the jobs of a replica that dies go to
 * other replicas. A 2xx response completes the job. 429, and 503 with {@code Retry-After}, postpone it without counting the
 * attempt. 410 pauses the queue. Any other response fails the job, with the receiver's {@code Retry-After} in place of the
 * backoff. After 429, 502, 503 and 504 the pusher pauses, twice as long each time in a row.
 */
final class Pusher {

    private static final Logger LOG = Logger.getLogger(Pusher.class);
    private static final long LEASE_MARGIN_MS = 15_000;
    private static final long FIRST_HOLD_MS = 1000;
    private static final long MAX_HOLD_MS = 60_000;

    private final QueueName queue;
    private final PushTarget target;
    private final QueueService queues;
    private final WebhookClient client;
    private final QueueControl control;
    private final ObjectMapper json;
    private final EventLoop context;
    private final Stopping stopping;
    private final JobPoller poller;
    private volatile boolean ended;

    // Used on the context only.
    private int throttled;

    Pusher(QueueName queue, PushTarget target, QueueService queues, WebhookClient client, QueueControl control,
            ObjectMapper json, EventLoop context, Stopping stopping) {
        this.queue = queue;
        this.target = target;
        this.queues = queues;
        this.client = client;
        this.control = control;
        this.json = json;
        this.context = context;
        this.stopping = stopping;
        this.poller = new JobPoller(queue, target.concurrency(), target.timeoutMs() + LEASE_MARGIN_MS, queues, context,
                this::over, settings -> target.equals(settings.push()), this::send);
    }

    QueueName queue() {
        return queue;
    }

    PushTarget target() {
        return target;
    }

    void start() {
        poller.start();
    }

    /** Sends no more jobs. Deliveries in progress are completed. */
    void end() {
        ended = true;
    }

    private boolean over() {
        return ended || stopping.hasBegun();
    }

    private void send(Job job) {
        client.deliver(target, PushedJob.messageId(queue, job.id()), body(PushedJob.of(queue, job)), Map.of())
                .flatMap(delivery -> settle(job, delivery)).subscribe()
                .with(done -> poller.done(), failure -> {
                    // The lease will expire, and the job will be sent again: at least once.
                    LOG.warnf("The outcome of a pushed job of queue %s could not be reported", queue.queue());
                    poller.done();
                });
    }

    private Uni<Void> settle(Job job, Delivery delivery) {
        String token = requireNonNull(job.leaseToken());
        return switch (delivery.outcome()) {
            case DONE -> {
                context.run(() -> throttled = 0);
                yield note(queues.complete(queue, List.of(new JobResult(job.id(), token, null))));
            }
            case GONE -> {
                LOG.warnf("The receiver of queue %s is gone (410): the queue is paused", queue.queue());
                yield note(control.pause(queue, "push-gone")
                        .chain(() -> queues.fail(queue, List.of(
                                JobFailure.postponed(job.id(), token, delivery.error(), Duration.ZERO)))));
            }
            case THROTTLED -> {
                context.run(() -> hold(delivery.retryAfterMs()));
                Duration delay = Duration.ofMillis(Math.max(FIRST_HOLD_MS, delivery.retryAfterMs()));
                boolean free = delivery.status() == 429 || delivery.status() == 503;
                yield note(queues.fail(queue, List.of(free
                        ? JobFailure.postponed(job.id(), token, delivery.error(), delay)
                        : failure(job, delivery))));
            }
            case FAILED -> note(queues.fail(queue, List.of(failure(job, delivery))));
        };
    }

    private static JobFailure failure(Job job, Delivery delivery) {
        Duration delay = delivery.retryAfterMs() < 0 ? null : Duration.ofMillis(delivery.retryAfterMs());
        return JobFailure.retry(job.id(), requireNonNull(job.leaseToken()), delivery.error(), delay);
    }

    private void hold(long retryAfterMs) {
        if (!poller.isHeld()) {
            long grown = Math.min(MAX_HOLD_MS, FIRST_HOLD_MS << Math.min(throttled++, 6));
            poller.hold(Math.max(grown, Math.min(retryAfterMs, MAX_HOLD_MS)));
        }
    }

    private static Uni<Void> note(Uni<?> answer) {
        return JobPoller.insist(answer, LEASE_MARGIN_MS).replaceWithVoid();
    }

    private byte[] body(PushedJob pushed) {
        try {
            return json.writeValueAsBytes(pushed);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
