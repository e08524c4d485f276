package dev.millrace.redis;

import org.jspecify.annotations.Nullable;

import io.vertx.core.AsyncResult;
import io.vertx.redis.client.Response;

/**
 * What became of one command. Not a future of Vert.x, which is an {@link AsyncResult} too: mapping that one may complete later, on the
 * context of the connection, while Mutiny's clients need the mapped result at once.
 *
 * @param reply null for nil, or if it failed
 * @param failure an error reply of Redis, {@link RedisUnavailableException}, or null
 */
public record CommandOutcome(@Nullable Response reply, @Nullable Throwable failure) implements AsyncResult<Response> {

    @Override
    public @Nullable Response result() {
        return reply;
    }

    @Override
    public @Nullable Throwable cause() {
        return failure;
    }

    @Override
    public boolean succeeded() {
        return failure == null;
    }

    @Override
    public boolean failed() {
        return failure != null;
    }
}
