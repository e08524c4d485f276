package dev.millrace.queue.worker;

import java.time.Duration;

import io.smallrye.mutiny.Uni;

/**
 * Works the jobs of one queue inside the service, on every replica. A CDI bean that implements this is all it takes:
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
 * A job is worked at least once: where a replica dies, or loses its lease, another one takes it over. All methods are called on an
 * event loop and must not block; what blocks belongs on the worker pool, as in
 * {@code Uni.createFrom().item(this::blocking).runSubscriptionOn(Infrastructure.getDefaultWorkerPool())}.
 */
public interface JobProcessor {

    /** The queue whose jobs it works, in each tenant it {@link #serves}. It has the queue to itself in the service. */
    String queue();

    /** Whether it works the jobs of a tenant; asked once, at start. */
    default boolean serves(String tenant) {
        return true;
    }

    /** Jobs it works at once, on each replica and for each tenant: 1 to 1000. */
    default int concurrency() {
        return 10;
    }

    /** How long an attempt may take before it is given up, as a failure; at least 1 ms. */
    default Duration timeout() {
        return Duration.ofMinutes(5);
    }

    /**
     * After how long another replica takes over the jobs of one that died: 1 s to 24 h, in place of the lease of the job or queue. As
     * long as the replica lives, leases are prolonged every third of this.
     */
    default Duration lease() {
        return Duration.ofSeconds(30);
    }

    /**
     * Works a job. The item, if not null, is kept as the job's result, as JSON. A failure is a failure of this attempt: the job is
     * tried again after its backoff if it has attempts left. With {@link DeadJobException} it is dead at once.
     *
     * <p>The subscription is cancelled when the timeout is over, somebody cancels the job, its lease was lost, or the service stops.
     */
    Uni<?> process(JobContext job);

    /**
     * The job is dead, after its last attempt or a {@link DeadJobException}. Called once at most: not if the service dies first, nor for
     * a job that died because its leases ended too often. Its own failure is logged, and may take as long as an attempt.
     */
    default Uni<Void> onFailed(JobContext job, Throwable failure) {
        return Uni.createFrom().voidItem();
    }
}
