package dev.millrace.queue.model;

import java.util.List;
import java.util.StringJoiner;

import org.jspecify.annotations.Nullable;

import dev.millrace.encoding.Digests;

/**
 * The settings of a queue. Times are in ms.
 *
 * @param concurrency maximum number of active jobs; 0 is unlimited
 * @param rateLimit maximum number of jobs handed out per window; 0 is unlimited
 * @param maxAttempts of jobs without their own
 * @param backoff of jobs without their own
 * @param leaseMs of jobs and requests without their own
 * @param maxStalls how many expired leases a job survives
 * @param completedMs retention of completed jobs
 * @param deadMs retention of dead jobs
 * @param replicated whether a job counts as enqueued only when a replica of Redis has it
 * @param push the receiver of the jobs; null for none
 * @param groups limits of groups without their own, as {@link GroupDefinition#encode} writes them; empty for one job at a time
 * @param version differs between settings that differ; empty for the defaults
 */
public record QueueSettings(int concurrency, int rateLimit, long rateWindowMs, int maxAttempts, Backoff backoff,
        long leaseMs, int maxStalls, long completedMs, long deadMs, boolean replicated, @Nullable PushTarget push,
        String groups, String version) {

    /** The settings of a queue that has none of its own. */
    public static final QueueSettings DEFAULT = new QueueSettings(0, 0, 0, 3, Backoff.DEFAULT, 30_000, 3, 0,
            14 * 86_400_000L, false, null, "", "");

    /** The same settings with other limits. 0 is unlimited. */
    public QueueSettings withLimits(int concurrency, int rateLimit, long rateWindowMs) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push, groups, version);
    }

    /** The same settings with other retries. */
    public QueueSettings withRetries(int maxAttempts, Backoff backoff) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push, groups, version);
    }

    /** The same settings with another lease and another maximum of expired leases. */
    public QueueSettings withLease(long leaseMs, int maxStalls) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push, groups, version);
    }

    /** The same settings with other retentions. */
    public QueueSettings withRetention(long completedMs, long deadMs) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push, groups, version);
    }

    /** The same settings with another durability. */
    public QueueSettings withReplicated(boolean replicated) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push, groups, version);
    }

    /** The same settings with another receiver; null for none. */
    public QueueSettings withPush(@Nullable PushTarget push) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push, groups, version);
    }

    /** ms per job that the rate limit allows, as text; {@code 0} without a limit. */
    public String interval() {
        return rateLimit == 0 ? "0" : Double.toString(Pace.interval(rateWindowMs, rateLimit));
    }

    /** The same settings with other limits of groups. */
    public QueueSettings withGroups(String groups) {
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push, groups, version);
    }

    /**
     * The same settings with the version that follows from them. It is a digest, so it can be compared without a counter, and does not
     * change when a client sets the same settings again.
     */
    public QueueSettings withVersion() {
        StringJoiner text = new StringJoiner("\n");
        for (Object value : List.of(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff.encode(), leaseMs,
                maxStalls, completedMs, deadMs, replicated, groups)) {
            text.add(value.toString());
        }
        if (push != null) {
            text.add(push.url().toString()).add(push.timeoutMs() + " " + push.concurrency());
            push.secrets().forEach(secret -> text
                    .add(Digests.base64url(Digests.sha256(Digests.base64url(secret.key(), secret.key().length)), 16)));
        }
        return new QueueSettings(concurrency, rateLimit, rateWindowMs, maxAttempts, backoff, leaseMs, maxStalls,
                completedMs, deadMs, replicated, push, groups, Digests.base64url(Digests.sha256(text.toString()), 9));
    }
}
