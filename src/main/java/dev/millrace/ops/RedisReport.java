package dev.millrace.ops;

import java.util.List;
import java.util.function.BiFunction;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.link.RedisNodes.Answer;

/**
 * The reports of all Redis servers. The shape is the same for one server and for many.
 *
 * @param nodes the servers that hold the service's data, by address
 */
@RegisterForReflection
public record RedisReport<T>(
        @Schema(description = "The single server, the master of the sentinels, or each primary of the cluster") List<T> nodes) {

    /**
     * Returns a report that lists failed servers with their error.
     *
     * @throws RedisUnavailableException if all servers failed, the first one because it was unavailable
     * @throws RedisRefusedException if all servers failed, the first one because it refused the command
     */
    static <A, T> RedisReport<T> of(List<Answer<A>> answers, BiFunction<String, A, T> answered,
            BiFunction<String, NodeError, T> failed) {
        if (answers.stream().allMatch(answer -> answer.failure() != null)) {
            throw (RuntimeException) answers.get(0).failure();
        }
        return new RedisReport<>(answers.stream().map(answer -> answer.failure() == null
                ? answered.apply(answer.address(), answer.value())
                : failed.apply(answer.address(), NodeError.of(answer.failure()))).toList());
    }
}
