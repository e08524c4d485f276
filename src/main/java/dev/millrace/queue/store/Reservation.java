package dev.millrace.queue.store;

/**
 * The jobs that one request asks for.
 *
 * @param max maximum number of jobs, 1 to 1000
 * @param leaseMs lease of each job; 0 for the job's own
 */
public record Reservation(int max, long leaseMs) {}
