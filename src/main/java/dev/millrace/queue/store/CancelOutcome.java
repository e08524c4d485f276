package dev.millrace.queue.store;

/** What became of a job that was cancelled. */
public enum CancelOutcome {
    /** The job is removed. */
    REMOVED,
    /** A worker has the job, and is told at its next extend. */
    REQUESTED,
    /** There is no such job. */
    UNKNOWN
}
