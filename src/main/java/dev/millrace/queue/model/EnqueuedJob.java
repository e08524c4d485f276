package dev.millrace.queue.model;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The outcome of enqueueing one job.
 *
 * @param id of the new job; of a duplicate, the id of the existing job
 * @param state {@code waiting} or {@code delayed}; of a duplicate, the present state of the existing job, or {@code gone}
 * @param duplicate whether a job with the same unique key or idempotency key existed, so that none was added
 */
@RegisterForReflection
@Schema(name = "EnqueuedJob")
public record EnqueuedJob(@Schema(examples = "5984639761701") String id,
        @Schema(description = "waiting or delayed; of a duplicate, the current state of the existing job, or gone", examples = "waiting") String state,
        boolean duplicate) {}
