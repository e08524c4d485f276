package dev.millrace.queue.store;

import java.util.List;

import dev.millrace.queue.model.EnqueuedJob;

/**
 * The outcome of an enqueue.
 *
 * @param jobs one for each job of the request, in order; none if another replica enqueued the occurrence of a schedule
 * @param first whether these are the first jobs of the queue: it was never registered, or was removed since
 */
public record EnqueueReply(List<EnqueuedJob> jobs, boolean first) {}
