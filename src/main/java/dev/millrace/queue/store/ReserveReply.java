package dev.millrace.queue.store;

import java.util.List;

/**
 * Jobs that were handed out.
 *
 * @param leaseEnds when the lease of each job expires, in ms since 1970, in the order of {@code jobs}
 * @param nextInMs in how many ms there may be more jobs: 0 for now, -1 for unknown
 */
public record ReserveReply(List<StoredJob> jobs, List<Long> leaseEnds, long nextInMs) {

    /** The part of the jobs from one index up to another, exclusive. */
    public ReserveReply part(int from, int to) {
        return new ReserveReply(jobs.subList(from, to), leaseEnds.subList(from, to), nextInMs);
    }
}
