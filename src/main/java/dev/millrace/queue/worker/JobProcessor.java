package dev.millrace.queue.worker;

import java.time.Duration;

import io.smallrye.mutiny.Uni;

/**
 * Works on the jobs of one queue inside the service, on every replica. Any CDI bean that implements this interface is used:
 *
 * <pre>{@code
 * @Singleton
 * class Thumbnails implements JobProcessor {
 *     public String queue() {
 *         return "thumbnails";
 *     }
 *
 *     public Uni<Size> process(JobContext job) {
 *         return images.shrink(job.data(Picture.class));
 *     }
 * }
 * }</pre>
 *
 * A job runs at least once: if a replica dies or loses the lease, another replica takes the job over. All methods are called on an
 * event loop and must not block. Run blocking code on the worker pool, as in
 * {@code Uni.createFrom().item(this::blocking).runSubscriptionOn(Infrastructure.getDefaultWorkerPool())}.
 */
public interface JobProcessor {

    /** The queue whose jobs it works on, in each tenant that it {@link #serves}. No other processor may use the same queue. */
    String queue();

    /** Whether it works on jobs of a tenant. Called once, at start. */
    default boolean serves(String tenant) {
        return true;
    }

    /** Maximum number of jobs at once, on each replica and for each tenant: 1 to 1000. */
    default int concurrency() {
        return 10;
    }

    /** Maximum duration of an attempt, at least 1 ms. A longer attempt is cancelled and counts as a failure. */
    default Duration timeout() {
        return Duration.ofMinutes(5);
    }

    /**
     * How long after the death of a replica another replica takes over its jobs: 1 s to 24 h. Used in place of the lease
     * of the job or queue. A replica extends its leases every third of this time.
     */
    default Duration lease() {
        return Duration.ofSeconds(30);
    }

    /**
     * Works on a job. The item, if not null, is stored as the job's result, as JSON. A failure fails the attempt: the job
     * is retried after its backoff if it has attempts left. With {@link DeadJobException} the job is dead at once.
     *
     * <p>The subscription is cancelled when the attempt times out, a client cancels the job, its lease is lost, or the
     * service stops.
     */
    Uni<?> process(JobContext job);

    /**
     * Called when a job is dead, after its last attempt or a {@link DeadJobException}. Called at most once, and not if the service dies
     * first or if the job died because its leases expired too often. It may take as long as an attempt; its failure is logged.
     */
    default Uni<Void> onFailed(JobContext job, Throwable failure) {
        return Uni.createFrom().voidItem();
    }
}
