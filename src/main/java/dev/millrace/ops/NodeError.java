package dev.millrace.ops;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.Failure;

/** Why one of several servers did not respond, with the code and detail of a problem. */
@RegisterForReflection
@Schema(name = "RedisNodeError", description = "Why this server did not respond")
public record NodeError(@Schema(examples = "redis-unavailable") String code,
        @Schema(examples = "Redis did not answer within 2000 ms") @Nullable String detail) {

    static NodeError of(Throwable failure) {
        Failure translated = Failure.of(failure);
        return new NodeError(translated.code().code(), translated.detail());
    }
}
