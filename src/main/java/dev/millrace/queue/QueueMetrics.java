package dev.millrace.queue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

import jakarta.inject.Singleton;

import io.micrometer.core.instrument.MeterRegistry;

import dev.millrace.metrics.CappedCounters;
import dev.millrace.metrics.CappedLabels;
import dev.millrace.metrics.Gauges;
import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.model.QueueName;

/**
 * Metrics of queues. {@code millrace_queue_events_total{queue,event}} counts what this replica did. {@code
 * millrace_queue_jobs{queue,state}} is the number of jobs, the same on every replica. Queues of the same name in several
 * tenants count together. At most 1,000 names at a time have series; all others count as {@code other}.
 */
@Singleton
class QueueMetrics {

    private static final String JOBS = "millrace.queue.jobs";
    private static final JobStatus[] STATUSES = JobStatus.values();

    private enum Event {
        ENQUEUED,
        DUPLICATE,
        RESERVED,
        COMPLETED,
        RETRYING,
        DEAD,
        CANCELLED,
        RELEASED,
        STALE,
        UNKNOWN
    }

    /** The counts of all tenants' queues of a name, which its gauges read. */
    private record QueueGauges(String label, Map<QueueName, QueueCounts> queues) {}

    private final CappedCounters<Event> events;
    private final CappedLabels<QueueGauges> counts = new CappedLabels<>(this::registerGauges,
            gone -> removeGauges(gone.label()));
    private final Gauges gauges;

    QueueMetrics(MeterRegistry registry, Gauges gauges) {
        this.events = new CappedCounters<>(registry, "millrace.queue.events", "Events of jobs on this replica", "queue",
                "event", Event.class);
        this.gauges = gauges;
    }

    void enqueued(QueueName queue, List<EnqueuedJob> jobs) {
        long duplicates = jobs.stream().filter(EnqueuedJob::duplicate).count();
        count(queue, Event.ENQUEUED, jobs.size() - duplicates);
        count(queue, Event.DUPLICATE, duplicates);
    }

    void reserved(QueueName queue, int jobs) {
        count(queue, Event.RESERVED, jobs);
    }

    void answered(QueueName queue, List<JobStatus> statuses) {
        int[] times = new int[STATUSES.length];
        for (JobStatus status : statuses) {
            times[status.ordinal()]++;
        }
        for (JobStatus status : STATUSES) {
            if (times[status.ordinal()] > 0) {
                count(queue, Event.valueOf(status.name()), times[status.ordinal()]);
            }
        }
    }

    /** Sets the number of jobs that a queue has now. */
    void jobs(QueueName queue, QueueCounts now) {
        counts.get(queue.queue()).queues().put(queue, now);
    }

    /** Removes the counts of queues that a tenant no longer has. */
    void follow(String tenant, Set<String> names) {
        counts.forEach(gauges -> gauges.queues().keySet()
                .removeIf(queue -> queue.tenant().equals(tenant) && !names.contains(queue.queue())));
    }

    /** Removes the series of queues that are gone; call it every 5 s. {@code exists}: whether a tenant has a queue of that name */
    void removeUnused(Predicate<String> exists) {
        counts.removeUnused(exists, 1);
        events.removeUnused(exists, 1);
    }

    private QueueGauges registerGauges(String label) {
        Map<QueueName, QueueCounts> queues = new ConcurrentHashMap<>();
        gauge(label, Job.WAITING, queues, QueueCounts::waiting);
        gauge(label, Job.DELAYED, queues, QueueCounts::delayed);
        gauge(label, Job.ACTIVE, queues, QueueCounts::active);
        gauge(label, Job.DEAD, queues, QueueCounts::dead);
        return new QueueGauges(label, queues);
    }

    private void removeGauges(String label) {
        gauges.remove(JOBS, "queue", label);
    }

    private void gauge(String label, String state, Map<QueueName, QueueCounts> queues,
            ToLongFunction<QueueCounts> count) {
        gauges.add(JOBS, "Jobs in a state", queues,
                all -> all.values().stream().mapToLong(count).sum(), "queue", label, "state", state);
    }

    private void count(QueueName queue, Event event, long n) {
        if (n > 0) {
            events.add(queue.queue(), event, n);
        }
    }
}
