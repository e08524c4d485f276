package dev.millrace.queue.model;

import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The outcomes of enqueueing several jobs, in the order of the request. */
@RegisterForReflection
@Schema(name = "EnqueuedJobs")
public record EnqueuedJobs(List<EnqueuedJob> jobs) {}
