package dev.millrace.queue.push;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import org.jboss.logging.Logger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.smallrye.mutiny.Uni;
import io.vertx.core.impl.ContextInternal;

import dev.millrace.http.Stopping;
import dev.millrace.queue.Job;
import dev.millrace.queue.QueueControl;
import dev.millrace.queue.QueueName;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.WorkResource.Failure;
import dev.millrace.queue.WorkResource.Result;
import dev.millrace.redis.RedisUnavailableException;

/**
 * Sends the jobs of one queue to its receiver, as a worker that asks for jobs under leases like any other: a replica that dies
 * leaves its jobs to the others. 2xx completes a job; 429, and 503 with a time to wait, put it off at no cost; 410 pauses the
 * queue; whatever else is a failure, with the receiver's {@code Retry-After} in place of the backoff. After 429, 502, 503 and 504
 * nothing is sent for a while, twice as long each time in a row.
 */
final class Pusher {

    private static final Logger LOG = Logger.getLogger(Pusher.class);
    private static final long WAIT_MS = 10_000;
    private static final long LEASE_MARGIN_MS = 15_000;
    private static final long AFTER_FAILURE_MS = 1000;
    private static final long FIRST_HOLD_MS = 1000;
    private static final long LONGEST_HOLD_MS = 60_000;
    private static final Duration SOON = Duration.ofMillis(200);
    private static final Duration LATER = Duration.ofSeconds(2);
    private static final int JOBS_AT_ONCE = 100;

    private final QueueName queue;
    private final PushTarget target;
    private final QueueService queues;
    private final WebhookClient client;
    private final QueueControl control;
    private final ObjectMapper json;
    private final ContextInternal context;
    private final Stopping stopping;
    private volatile boolean ended;

    // Confined to the context.
    private int underWay;
    private boolean asking;
    private boolean held;
    private int throttled;

    Pusher(QueueName queue, PushTarget target, QueueService queues, WebhookClient client, QueueControl control,
            ObjectMapper json, ContextInternal context, Stopping stopping) {
        this.queue = queue;
        this.target = target;
        this.queues = queues;
        this.client = client;
        this.control = control;
        this.json = json;
        this.context = context;
        this.stopping = stopping;
    }

    QueueName queue() {
        return queue;
    }

    PushTarget target() {
        return target;
    }

    void start() {
        context.runOnContext(v -> ask());
    }

    /** Sends nothing more; what is on its way is seen to its end. */
    void end() {
        ended = true;
    }

    private boolean over() {
        return ended || stopping.hasBegun();
    }

    private void ask() {
        int free = Math.min(JOBS_AT_ONCE, target.concurrency() - underWay);
        if (asking || held || free <= 0 || over()) {
            return;
        }
        asking = true;
        queues.reserve(queue, free, target.timeoutMs() + LEASE_MARGIN_MS, WAIT_MS, this::over).subscribe()
                .with(jobs -> context.runOnContext(v -> {
                    asking = false;
                    if (over()) {
                        giveBack(jobs);
                    } else {
                        jobs.forEach(this::send);
                        ask();
                    }
                }), failure -> context.runOnContext(v -> {
                    asking = false;
                    later(AFTER_FAILURE_MS);
                }));
    }

    /** Its end may have come between their being handed out and their arrival. */
    private void giveBack(List<Job> jobs) {
        if (!jobs.isEmpty()) {
            queues.fail(queue, jobs.stream()
                    .map(job -> Failure.putOff(job.id(), job.leaseToken(), null, Duration.ZERO)).toList())
                    .subscribe().with(done -> {}, failure -> LOG.debug("Left to the end of their leases", failure));
        }
    }

    private void later(long ms) {
        held = true;
        long jittered = ms + ThreadLocalRandom.current().nextLong(ms / 4 + 1);
        context.owner().setTimer(jittered, t -> context.runOnContext(v -> {
            held = false;
            ask();
        }));
    }

    private void send(Job job) {
        underWay++;
        PushedJob pushed = PushedJob.of(queue, job);
        client.deliver(target, pushed.messageId(), body(pushed), Map.of())
                .flatMap(delivery -> settle(job, delivery)).subscribe()
                .with(done -> context.runOnContext(v -> next()), failure -> context.runOnContext(v -> {
                    // The lease will end, and the job be sent again: at least once.
                    LOG.warnf("What became of a pushed job of queue %s could not be noted", queue.queue());
                    next();
                }));
    }

    private void next() {
        underWay--;
        ask();
    }

    private Uni<Void> settle(Job job, Delivery delivery) {
        return switch (delivery.outcome()) {
            case DONE -> {
                context.runOnContext(v -> throttled = 0);
                yield note(queues.complete(queue, List.of(new Result(job.id(), job.leaseToken(), null))));
            }
            case GONE -> {
                LOG.warnf("The receiver of queue %s is gone (410): the queue is paused", queue.queue());
                yield note(control.pause(queue, "push-gone")
                        .chain(() -> queues.fail(queue, List.of(
                                Failure.putOff(job.id(), job.leaseToken(), delivery.error(), Duration.ZERO)))));
            }
            case THROTTLED -> {
                context.runOnContext(v -> hold(delivery.retryAfterMs()));
                Duration delay = Duration.ofMillis(Math.max(FIRST_HOLD_MS, delivery.retryAfterMs()));
                boolean free = delivery.status() == 429 || delivery.status() == 503;
                yield note(queues.fail(queue, List.of(free
                        ? Failure.putOff(job.id(), job.leaseToken(), delivery.error(), delay)
                        : failure(job, delivery))));
            }
            case FAILED -> note(queues.fail(queue, List.of(failure(job, delivery))));
        };
    }

    private static Failure failure(Job job, Delivery delivery) {
        Duration delay = delivery.retryAfterMs() < 0 ? null : Duration.ofMillis(delivery.retryAfterMs());
        return new Failure(job.id(), job.leaseToken(), delivery.error(), delay, null, false);
    }

    private void hold(long retryAfterMs) {
        if (!held) {
            long grown = Math.min(LONGEST_HOLD_MS, FIRST_HOLD_MS << Math.min(throttled++, 6));
            later(Math.max(grown, Math.min(retryAfterMs, LONGEST_HOLD_MS)));
        }
    }

    /** While Redis is away, as long as the lease may last: a job that was done should not be sent again. */
    private Uni<Void> note(Uni<?> answer) {
        return answer.onFailure(RedisUnavailableException.class).retry().withBackOff(SOON, LATER)
                .expireIn(LEASE_MARGIN_MS).replaceWithVoid();
    }

    private byte[] body(PushedJob pushed) {
        try {
            return json.writeValueAsBytes(pushed);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
