package dev.millrace.queue;

/**
 * What became of a lease that was to be extended.
 *
 * @param leaseEndsMs when it ends now; 0 if it was not extended
 * @param cancelRequested somebody wants the job cancelled; its worker should give it up
 */
public record Extended(Status status, long leaseEndsMs, boolean cancelRequested) {}
