package dev.millrace.queue.model;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonValue;

/**
 * A worker's report that a job is done.
 *
 * @param leaseToken the token that the job was reserved with
 * @param result kept as long as the queue keeps completed jobs; null for none
 */
@RegisterForReflection
@Schema(name = "JobResult")
public record JobResult(@Schema(required = true) String id, @Schema(required = true) String leaseToken,
        @Schema(description = "Kept as long as the queue keeps completed jobs") @Nullable JsonValue result) {}
