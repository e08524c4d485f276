/**
 * The Redis server that dev mode and tests start. The packaged service does not contain it. Start with
 * {@link EmbeddedRedis}.
 */
@NullMarked
package dev.millrace.redis.dev;

import org.jspecify.annotations.NullMarked;
