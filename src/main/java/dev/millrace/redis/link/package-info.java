/**
 * The pipelined connections to Redis under the data source that the stores use. They bound the commands in flight, give each call a
 * deadline, and reconnect. Start with {@link LinkedRedis}, then {@link RedisLink}.
 */
@NullMarked
package dev.millrace.redis.link;

import org.jspecify.annotations.NullMarked;
