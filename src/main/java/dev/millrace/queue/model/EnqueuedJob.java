package dev.millrace.queue.model;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The outcome of enqueueing one job.
 *
 * @param id of the new job, or of the job that it is a duplicate of
 * @param state waiting or delayed; of a duplicate, the present state of the existing job, or gone
 * @param duplicate whether a job with the same unique key or idempotency key existed, so that none was added
 */
@RegisterForReflection
@Schema(name = "EnqueuedJob")
public record EnqueuedJob(@Schema(examples = "5984639761701") String id,
        @Schema(description = "waiting or delayed; of a duplicate, the state its job is in now, or gone", examples = "waiting") String state,
        boolean duplicate) {}
