package dev.millrace.queue.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** How many jobs an operation on a whole queue removed or moved. */
@RegisterForReflection
@Schema(name = "MovedJobs")
public record MovedJobs(@Schema(examples = "12") long jobs) {}
