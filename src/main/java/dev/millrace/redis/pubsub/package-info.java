/**
 * Subscriptions to Redis channels, shared by all listeners of a replica. Start with
 * {@link Subscriptions}.
 */
@NullMarked
package dev.millrace.redis.pubsub;

import org.jspecify.annotations.NullMarked;
