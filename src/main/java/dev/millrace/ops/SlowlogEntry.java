package dev.millrace.ops;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Timestamps;

/** A slow command. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "RedisSlowCommand")
public record SlowlogEntry(@Schema(examples = "42") long id, @Schema(examples = "2026-11-24T09:30:00.000Z") String at,
        @Schema(description = "Time to run the command, without the time in the queue", examples = "15300") long micros,
        @Schema(examples = "EVALSHA") String command,
        @Schema(description = "The script of the service that the command ran", examples = "queue/sweep-1") @Nullable String script,
        @Schema(description = "The first key, truncated to 128 characters; absent if it belongs to another tenant", examples = "mr:{main:q:emails}:meta") @Nullable String key,
        @Schema(description = "Number of arguments of the command", examples = "7") int arguments,
        @Schema(examples = "10.0.0.21:51234") @Nullable String clientAddress,
        @Schema(examples = "billing") @Nullable String clientName) {

    static SlowlogEntry of(SlowCommand slow, @Nullable String script, boolean withKey) {
        return new SlowlogEntry(slow.id(), Timestamps.format(slow.atSeconds() * 1000), slow.micros(), slow.command(),
                script, withKey ? slow.key() : null, slow.arguments(), slow.clientAddress(), slow.clientName());
    }
}
