package dev.millrace.queue.store;

import dev.millrace.redis.ReplyCode;

/** What became of a job that was cancelled. */
public enum CancelOutcome implements ReplyCode {
    /** The job is removed. */
    REMOVED(1),
    /** A worker has the job, and is told at its next extend. */
    REQUESTED(2),
    /** There is no such job. */
    UNKNOWN(0);

    private final int code;

    CancelOutcome(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
