package dev.millrace.queue.model;

/**
 * What became of a lease that was to be extended.
 *
 * @param leaseEndsMs when it ends now; 0 if it was not extended
 * @param cancelRequested somebody wants the job cancelled; its worker should give it up
 */
public record ExtendedLease(JobStatus status, long leaseEndsMs, boolean cancelRequested) {}
