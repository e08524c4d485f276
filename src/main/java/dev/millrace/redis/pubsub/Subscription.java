package dev.millrace.redis.pubsub;

import io.smallrye.mutiny.Uni;

import dev.millrace.redis.RedisUnavailableException;

/** One listener's interest in a channel, until it is closed. */
public interface Subscription extends AutoCloseable {

    /**
     * Completes, on the caller's Vert.x context, once Redis has confirmed that messages arrive: what is published from then
     * on is not missed, so this is the moment to read the state of what the messages are about. Fails with
     * {@link RedisUnavailableException} if Redis is away or goes away before that; the listener then stays, and is told
     * that it may have missed something when Redis is back.
     */
    Uni<Void> established();

    /**
     * Ends it. Called on the subscriber's event loop, no handler is called any more; called elsewhere, one may be running.
     * Closing again does nothing.
     */
    @Override
    void close();
}
