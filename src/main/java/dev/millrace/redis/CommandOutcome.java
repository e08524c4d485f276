package dev.millrace.redis;

import io.vertx.redis.client.Response;


/**
 * What became of one command of several.
 *
 * @param reply null for nil, or if it failed
 * @param failure an error reply of Redis, {@link RedisUnavailableException}, or null
 */
public record CommandOutcome(Response reply, Throwable failure) {}
