package dev.millrace.ops;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.ProblemMappers;
import dev.millrace.redis.RedisUnavailableException;

/** Why one server of several has given no answer; the codes are those of problems. */
@RegisterForReflection
@Schema(name = "RedisNodeError", description = "Why this server gave no answer")
public record NodeError(@Schema(examples = "redis-unavailable") String code,
        @Schema(examples = "Redis did not answer within 2000 ms") String detail) {

    static NodeError of(Throwable failure) {
        ErrorCode code = failure instanceof RedisUnavailableException unavailable
                ? ProblemMappers.code(unavailable)
                : ErrorCode.REDIS_REFUSED;
        return new NodeError(code.code(), failure.getMessage());
    }
}
