package dev.millrace.queue.model;

import java.time.Duration;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonValue;

/**
 * A worker's request for more time for a job.
 *
 * @param leaseToken the token that the job was reserved with
 * @param lease the new lease, from now on; null for the job's own
 * @param progress how far the job is; null leaves it as it is
 */
@RegisterForReflection
@Schema(name = "ExtendLease")
public record LeaseExtension(@Schema(required = true) String id, @Schema(required = true) String leaseToken,
        @Schema(description = "The new lease from now on, 1 s to 24 h; by default, the job's own", type = SchemaType.STRING, examples = "1m") @Nullable Duration lease,
        @Schema(description = "How far the job is; shown when the job is read") @Nullable JsonValue progress) {}
