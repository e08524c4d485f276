package dev.millrace.queue.api;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.queue.model.JobStatus;

/** What became of a worker's report about one job. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "AnswerOutcome")
public record AnswerOutcome(String id,
        @Schema(type = SchemaType.STRING, description = "completed, retrying, dead, cancelled, extended, released, stale or unknown", examples = "completed") JobStatus status,
        @Schema(description = "The new end of an extended lease") @Nullable String leaseExpiresAt,
        @Schema(description = "A client asked to cancel the job: give it up, and report it with `fail`") @Nullable Boolean cancelRequested) {}
