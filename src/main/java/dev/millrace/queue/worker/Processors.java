package dev.millrace.queue.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;

import dev.millrace.auth.ApiKeys;
import dev.millrace.http.Stopping;
import dev.millrace.http.problem.ApiException;
import dev.millrace.queue.Payloads;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.EventLoop;

/**
 * The workers of all processors, one per queue and tenant. When the service stops, jobs in progress have as much time as
 * requests have. Jobs that are not done then are returned to the queue for other replicas.
 */
@Singleton
class Processors {

    private static final Logger LOG = Logger.getLogger(Processors.class);
    private static final Duration TO_GIVE_BACK = Duration.ofSeconds(2);
    private static final int MAX_CONCURRENCY = 1000;
    private static final Duration MIN_LEASE = Duration.ofSeconds(1);
    private static final Duration MAX_LEASE = Duration.ofHours(24);

    private final List<JobProcessor> processors;
    private final ApiKeys keys;
    private final QueueService queues;
    private final ObjectMapper json;
    private final Payloads payloads;
    private final Vertx vertx;
    private final Stopping stopping;
    private final Duration grace;
    private final Map<QueueName, ProcessorWorker> workers = new HashMap<>();
    private long stopAtNanos = System.nanoTime();

    Processors(@All List<JobProcessor> processors, ApiKeys keys, QueueService queues, ObjectMapper json,
            Payloads payloads, Vertx vertx, Stopping stopping,
            @ConfigProperty(name = "quarkus.shutdown.delay") Optional<Duration> delay,
            @ConfigProperty(name = "quarkus.shutdown.timeout") Optional<Duration> timeout) {
        this.processors = processors;
        this.keys = keys;
        this.queues = queues;
        this.json = json;
        this.payloads = payloads;
        this.vertx = vertx;
        this.stopping = stopping;
        this.grace = delay.orElse(Duration.ZERO).plus(timeout.orElse(Duration.ZERO));
    }

    void start(@Observes StartupEvent event) {
        for (JobProcessor processor : processors) {
            keys.tenants().stream().filter(processor::serves).forEach(tenant -> add(tenant, processor));
        }
        workers.values().forEach(ProcessorWorker::start);
    }

    private void add(String tenant, JobProcessor processor) {
        QueueName queue;
        try {
            queue = QueueName.of(tenant, processor.queue());
        } catch (ApiException e) {
            throw new IllegalStateException(processor + ": queue " + e.violations().get(0).message(), e);
        }
        Duration lease = processor.lease();
        check(processor, "concurrency", processor.concurrency() >= 1 && processor.concurrency() <= MAX_CONCURRENCY);
        check(processor, "lease", lease.compareTo(MIN_LEASE) >= 0 && lease.compareTo(MAX_LEASE) <= 0);
        check(processor, "timeout", processor.timeout().toMillis() >= 1);
        WorkerContext context = new WorkerContext(queue, processor, lease.toMillis(),
                processor.timeout().toMillis(), queues, new ProcessorJson(json, payloads));
        ProcessorWorker worker = new ProcessorWorker(context, EventLoop.next(vertx), stopping);
        if (workers.put(queue, worker) != null) {
            throw new IllegalStateException("Two processors have the queue " + queue.queue());
        }
    }

    private static void check(JobProcessor processor, String what, boolean within) {
        if (!within) {
            throw new IllegalStateException(processor + ": " + what + " is out of bounds");
        }
    }

    void announced(@Observes ShutdownDelayInitiatedEvent event) {
        stopAtNanos = System.nanoTime() + grace.toNanos();
    }

    /** Waits for the jobs in progress. Redis is still connected at this point. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        awaitIdle(stopAtNanos);
        workers.values().forEach(ProcessorWorker::giveBack);
        if (!awaitIdle(System.nanoTime() + TO_GIVE_BACK.toNanos())) {
            LOG.warn("Jobs could not be returned in time; they are redelivered when their leases expire");
        }
    }

    private boolean awaitIdle(long untilNanos) throws InterruptedException {
        while (workers.values().stream().anyMatch(ProcessorWorker::isBusy)) {
            if (System.nanoTime() - untilNanos > 0) {
                return false;
            }
            Thread.sleep(20);
        }
        return true;
    }
}
