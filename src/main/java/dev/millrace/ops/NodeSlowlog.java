package dev.millrace.ops;

import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The slow log of one server. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "RedisNodeSlowlog", description = "The slow log of one server")
public record NodeSlowlog(@Schema(examples = "10.0.0.7:6379") String address, @Nullable NodeError error,
        @Schema(description = "Number of entries in the log", examples = "128") @Nullable Long total,
        @Schema(description = "The latest entries first") @Nullable List<SlowlogEntry> entries) {

    static NodeSlowlog of(String address, long total, List<SlowlogEntry> entries) {
        return new NodeSlowlog(address, null, total, entries);
    }

    static NodeSlowlog failed(String address, NodeError error) {
        return new NodeSlowlog(address, error, null, null);
    }
}
