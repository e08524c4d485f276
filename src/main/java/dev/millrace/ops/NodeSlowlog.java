package dev.millrace.ops;

import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Timestamps;

/** The slow log of one server. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "RedisNodeSlowlog", description = "The slow log of one server")
public record NodeSlowlog(@Schema(examples = "10.0.0.7:6379") String address, @Nullable NodeError error,
        @Schema(description = "How many commands it holds", examples = "128") @Nullable Long total,
        @Schema(description = "The latest first") @Nullable List<Entry> entries) {

    /** A command that took long. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RedisSlowCommand")
    public record Entry(@Schema(examples = "42") long id, @Schema(examples = "2026-11-24T09:30:00.000Z") String at,
            @Schema(description = "What it took to run, without waiting for its turn", examples = "15300") long micros,
            @Schema(examples = "EVALSHA") String command,
            @Schema(description = "Of the service, that was run", examples = "queue/sweep-1") @Nullable String script,
            @Schema(description = "The first, cut off after 128 characters; absent if it is another tenant's", examples = "mr:{main:q:emails}:meta") @Nullable String key,
            @Schema(description = "How many the command had", examples = "7") int arguments,
            @Schema(examples = "10.0.0.21:51234") @Nullable String clientAddress,
            @Schema(examples = "billing") @Nullable String clientName) {

        static Entry of(SlowCommand slow, @Nullable String script, boolean withKey) {
            return new Entry(slow.id(), Timestamps.format(slow.atSeconds() * 1000), slow.micros(), slow.command(),
                    script, withKey ? slow.key() : null, slow.arguments(), slow.clientAddress(), slow.clientName());
        }
    }

    static NodeSlowlog of(String address, long total, List<Entry> entries) {
        return new NodeSlowlog(address, null, total, entries);
    }

    static NodeSlowlog failed(String address, NodeError error) {
        return new NodeSlowlog(address, error, null, null);
    }
}
