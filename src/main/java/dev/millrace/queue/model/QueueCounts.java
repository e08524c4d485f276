package dev.millrace.queue.model;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * How many jobs a queue has, and has had. At every moment {@code enqueued} is the sum of the others, but for {@code kept}.
 *
 * @param waiting ready, or behind the head of their group
 * @param completed ever
 * @param removed ever: cancelled, drained, not started within their ttl, or dead for too long
 * @param kept completed ones that are still kept
 */
@RegisterForReflection
@Schema(name = "QueueCounts")
public record QueueCounts(long waiting, long delayed, long active, long dead, long completed, long removed,
        long enqueued, long kept) {}
