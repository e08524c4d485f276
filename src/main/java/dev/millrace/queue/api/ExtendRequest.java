package dev.millrace.queue.api;

import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.queue.model.LeaseExtension;

/** Jobs that take longer. */
@RegisterForReflection
@Schema(name = "Extend")
public record ExtendRequest(
        @Schema(description = "1 to 1000", required = true) @Nullable List<LeaseExtension> leases) {}
