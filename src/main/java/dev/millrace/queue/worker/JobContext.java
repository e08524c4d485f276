package dev.millrace.queue.worker;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;

import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.QueueName;

/** A job that a {@link JobProcessor} works on: one attempt at it. */
public final class JobContext {

    private final QueueName queue;
    private final Job job;
    private final Duration lease;
    private final QueueService queues;
    private final ProcessorJson json;

    JobContext(QueueName queue, Job job, Duration lease, QueueService queues, ProcessorJson json) {
        this.queue = queue;
        this.job = job;
        this.lease = lease;
        this.queues = queues;
        this.json = json;
    }

    /** The queue that the job is from. */
    public QueueName queue() {
        return queue;
    }

    /** The job. */
    public Job job() {
        return job;
    }

    /**
     * The job's data, read as JSON.
     *
     * @throws DeadJobException if it is not of the type; the message says what is wrong
     */
    public <T> T data(Class<T> type) {
        return json.read(requireNonNull(job.data()), type);
    }

    /** Stores how far the job is, as JSON, for clients that peek at it. Extends the lease, too. */
    public Uni<Void> progress(@Nullable Object progress) {
        return Uni.createFrom().deferred(() -> queues.extend(queue, List.of(
                new LeaseExtension(job.id(), requireNonNull(job.leaseToken()), lease,
                        json.write("progress", progress)))))
                .replaceWithVoid();
    }
}
