package dev.millrace.queue.model;

import java.time.Duration;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A worker's report that it gives a job back without having tried it.
 *
 * @param leaseToken the token that the job was reserved with
 * @param delay how long the job waits for its next delivery, 0 to 400 days; null for not at all
 */
@RegisterForReflection
@Schema(name = "JobRelease")
public record JobRelease(@Schema(required = true) String id, @Schema(required = true) String leaseToken,
        @Schema(description = "How long the job waits for its next delivery, up to 400 d; by default, not at all", type = SchemaType.STRING, examples = "30s") @Nullable Duration delay) {}
