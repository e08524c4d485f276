package dev.millrace.queue.api;

import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.queue.model.JobResult;

/** Jobs that are done, and optionally a request for the next ones. */
@RegisterForReflection
@Schema(name = "Complete")
public record CompleteRequest(@Schema(description = "1 to 1000", required = true) @Nullable List<JobResult> results,
        @Schema(description = "Reserves the next jobs in the same call") @Nullable ReserveRequest reserve) {}
