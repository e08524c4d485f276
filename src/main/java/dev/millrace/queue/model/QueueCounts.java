package dev.millrace.queue.model;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * How many jobs a queue has and has had. {@code enqueued} always equals the sum of the other counts, except {@code kept}.
 *
 * @param waiting ready, or behind the head of their group
 * @param completed since the queue exists
 * @param removed since the queue exists: cancelled, drained, not started within their ttl, or dead for longer than their
 *             retention
 * @param kept completed jobs that are still kept
 */
@RegisterForReflection
@Schema(name = "QueueCounts")
public record QueueCounts(long waiting, long delayed, long active, long dead, long completed, long removed,
        long enqueued, long kept) {}
