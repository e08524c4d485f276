package dev.millrace.redis.link;

import io.vertx.redis.client.Response;

import dev.millrace.redis.RedisUnavailableException;

/**
 * What became of one command of several.
 *
 * @param reply null for nil, or if it failed
 * @param failure an error reply of Redis, {@link RedisUnavailableException}, or null
 */
public record CommandOutcome(Response reply, Throwable failure) {}
