package dev.millrace.queue.model;

/**
 * What holds in a queue. Times in ms.
 *
 * @param concurrency jobs that may be worked at once; 0 for any number
 * @param rateLimit jobs that may be handed out per window; 0 for any number
 * @param maxAttempts of jobs that do not say
 * @param backoff of jobs that do not say
 * @param leaseMs of jobs and requests that do not say
 * @param maxStalls ends of its lease that a job survives
 * @param completedMs how long completed jobs are kept
 * @param deadMs how long dead jobs are kept
 * @param replicated whether a job counts as enqueued only once a replica of Redis has it
 * @param push where its jobs are sent to, or null
 */
public record QueueSettings(int concurrency, int rateLimit, long rateWindowMs, int maxAttempts, Backoff backoff,
        long leaseMs, int maxStalls, long completedMs, long deadMs, boolean replicated, PushTarget push) {

    /** The settings of a queue that has none of its own. */
    public static final QueueSettings DEFAULT = new QueueSettings(0, 0, 0, 3, Backoff.DEFAULT, 30_000, 3, 0,
            14 * 86_400_000L, false, null);

    /** The same with other bounds of how many jobs are worked at once, and handed out per window. 0 is unlimited. */
    public QueueSettings withLimits(int concurrency, int rateLimit, long rateWindowMs) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push);
    }

    /** The same with other retries. */
    public QueueSettings withRetries(int maxAttempts, Backoff backoff) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push);
    }

    /** The same with another lease, and another number of expired leases that a job survives. */
    public QueueSettings withLease(long leaseMs, int maxStalls) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push);
    }

    /** The same with another retention of completed and of dead jobs. */
    public QueueSettings withRetention(long completedMs, long deadMs) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push);
    }

    /** The same with another durability. */
    public QueueSettings withReplicated(boolean replicated) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push);
    }

    /** The same with another receiver, null for none. */
    public QueueSettings withPush(PushTarget push) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push);
    }

    /** ms per job that the rate allows; 0 for any rate. */
    public String interval() {
        return rateLimit == 0 ? "0" : Double.toString((double) rateWindowMs / rateLimit);
    }
}
