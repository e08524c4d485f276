package dev.millrace.queue.model;

/**
 * A queue at one moment.
 *
 * @param counts its jobs by state
 * @param pausedReason why it is paused, one word; null if it is not
 */
public record QueueSnapshot(QueueCounts counts, String pausedReason) {}
