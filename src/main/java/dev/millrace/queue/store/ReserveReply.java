package dev.millrace.queue.store;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Jobs that were handed out.
 *
 * @param leaseEnds when the lease of each job expires, in ms since 1970, in the order of {@code jobs}
 * @param nextInMs in how many ms there may be more jobs: 0 for now, -1 for unknown
 * @param otherVersion of the queue's settings, if they are not those of the call: then no jobs were handed out; null if they are
 */
public record ReserveReply(List<StoredJob> jobs, List<Long> leaseEnds, long nextInMs, @Nullable String otherVersion) {

    /** No jobs, and none known to come. */
    public static final ReserveReply NONE = new ReserveReply(List.of(), List.of(), -1, null);

    /** The part of the jobs from one index up to another, exclusive. */
    public ReserveReply part(int from, int to) {
        return new ReserveReply(jobs.subList(from, to), leaseEnds.subList(from, to), nextInMs, otherVersion);
    }
}
