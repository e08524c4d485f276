package dev.millrace.ops;

import java.util.List;
import java.util.function.BiFunction;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.link.RedisNodes.Answer;

/**
 * What the servers of Redis said, of the same shape however many there are.
 *
 * @param nodes each server that holds the service's data, by address
 */
@RegisterForReflection
public record RedisReport<T>(
        @Schema(description = "The one server, the sentinels' master, or each primary of the cluster") List<T> nodes) {

    /**
     * A report in which those that failed are listed with their error.
     *
     * @throws RedisUnavailableException if none has answered
     * @throws RedisRefusedException likewise
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
