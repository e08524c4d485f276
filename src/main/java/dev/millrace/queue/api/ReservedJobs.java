package dev.millrace.queue.api;

import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.queue.model.Job;

/** The jobs that a worker reserved; may be empty. */
@RegisterForReflection
@Schema(name = "ReservedJobs")
public record ReservedJobs(List<Job> jobs) {}
