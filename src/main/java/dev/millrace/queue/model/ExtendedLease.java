package dev.millrace.queue.model;

/**
 * The outcome of extending a lease.
 *
 * @param leaseEndsMs when the lease expires now, in ms since 1970; 0 if it was not extended
 * @param cancelRequested whether a client asked to cancel the job: the worker should give it up
 */
public record ExtendedLease(JobStatus status, long leaseEndsMs, boolean cancelRequested) {}
