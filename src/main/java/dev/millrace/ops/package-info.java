/**
 * Reports and gauges about the Redis servers, and checks of their configuration, for operators. Start with
 * {@link RedisResource}.
 */
@NullMarked
package dev.millrace.ops;

import org.jspecify.annotations.NullMarked;
