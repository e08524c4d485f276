package dev.millrace.queue.model;

import org.jspecify.annotations.Nullable;

/**
 * A queue at one moment.
 *
 * @param counts its jobs by state
 * @param pausedReason why it is paused, one word; null if it is not
 */
public record QueueSnapshot(QueueCounts counts, @Nullable String pausedReason) {}
