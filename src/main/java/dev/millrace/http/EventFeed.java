package dev.millrace.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import dev.millrace.redis.RedisUnavailableException;

/**
 * Follows events in Redis for listeners. Each listener reads Redis separately, at its own pace and never ahead of it, so a slow one
 * costs no memory. A listener that returns with its last position misses nothing that is still kept. While Redis is unavailable, a
 * listener gets no events; afterwards it gets all of them.
 *
 * @param <P> a position in the events
 * @param <E> an event
 */
public final class EventFeed<P, E> {

    /** Longest silence of a stream: proxies close a connection that is silent for longer. */
    public static final int HEARTBEAT_SECONDS = 15;
    private static final long HEARTBEAT_NANOS = HEARTBEAT_SECONDS * 1_000_000_000L;

    /**
     * Events that were read together.
     *
     * @param last position of the last one, or where to continue
     * @param more whether more events can be read at once
     */
    public record Batch<P, E>(List<E> events, P last, boolean more) {

        /** Returns the events read after {@code position}. */
        public static <P, E> Batch<P, E> of(List<E> events, P position, Function<E, P> positionOf, boolean more) {
            return new Batch<>(events, events.isEmpty() ? position : positionOf.apply(events.get(events.size() - 1)),
                    more);
        }
    }

    private final Stopping stopping;
    private final Vertx vertx;
    private final long pollMs;

    /** @param pollMs how often a listener that has all events looks for more */
    public EventFeed(Stopping stopping, Vertx vertx, long pollMs) {
        this.stopping = stopping;
        this.vertx = vertx;
        this.pollMs = pollMs;
    }

    /**
     * Returns events as they happen; empty ones are heartbeats, the first of which comes at once. Ends when the service stops.
     * {@link EventStreams} bounds the number of listeners.
     *
     * @param after where to begin; null for now
     * @param now returns the present position
     * @param read returns the events after a position
     */
    public Multi<Optional<E>> follow(P after, Supplier<Uni<P>> now, Function<P, Uni<Batch<P, E>>> read) {
        return Multi.createBy().repeating().uni(() -> new Listener(after, now, read), Listener::next)
                .until(said -> stopping.hasBegun()).onItem().<Optional<E>>disjoint();
    }

    private final class Listener {
        private final Supplier<Uni<P>> now;
        private final Function<P, Uni<Batch<P, E>>> read;
        /** Null until Redis has returned the present position. */
        private P position;
        private boolean more = true;
        private long spokenAt = System.nanoTime() - HEARTBEAT_NANOS;

        Listener(P position, Supplier<Uni<P>> now, Function<P, Uni<Batch<P, E>>> read) {
            this.position = position;
            this.now = now;
            this.read = read;
        }

        /** Returns the next events, maybe none, after a pause if there were no more. */
        Uni<List<Optional<E>>> next() {
            Uni<Batch<P, E>> batch = Uni.createFrom().deferred(() -> position == null
                    ? now.get().map(is -> new Batch<P, E>(List.of(), is, false))
                    : read.apply(position))
                    .onFailure(RedisUnavailableException.class)
                    .recoverWithItem(() -> new Batch<>(List.of(), position, false));
            return (more ? batch : pause().chain(() -> batch)).map(this::take);
        }

        private List<Optional<E>> take(Batch<P, E> batch) {
            more = batch.more();
            position = batch.last();
            List<Optional<E>> said = new ArrayList<>(batch.events().size() + 1);
            batch.events().forEach(event -> said.add(Optional.of(event)));
            if (said.isEmpty() && System.nanoTime() - spokenAt >= HEARTBEAT_NANOS) {
                said.add(Optional.empty());
            }
            if (!said.isEmpty()) {
                spokenAt = System.nanoTime();
            }
            return said;
        }

        /** A timer of the event loop: Mutiny's own timer would continue on another thread. */
        private Uni<Void> pause() {
            return Uni.createFrom().emitter(emitter -> vertx.setTimer(pollMs, t -> emitter.complete(null)));
        }
    }
}
