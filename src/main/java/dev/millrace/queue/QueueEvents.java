package dev.millrace.queue;

import java.util.List;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;

import dev.millrace.http.EventFeed;
import dev.millrace.http.Stopping;
import dev.millrace.queue.model.QueueEvent;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.store.QueueEventStore;

/**
 * Streams the events of a queue. Redis keeps events while a client listens and for 60 s after, so a client that reconnects in
 * time misses none. A queue without listeners writes no events.
 */
@ApplicationScoped
public class QueueEvents {

    private static final long POLL_MS = 250;
    private static final int BATCH = 200;

    private final QueueEventStore store;
    private final EventFeed<String, QueueEvent> feed;

    QueueEvents(QueueEventStore store, Stopping stopping, Vertx vertx) {
        this.store = store;
        this.feed = new EventFeed<>(stopping, vertx, POLL_MS);
    }

    /**
     * Streams events as they happen; an empty item is a heartbeat. Completes when the service stops.
     *
     * @param after id of the last event that the client has; null to begin now
     */
    public Multi<Optional<QueueEvent>> follow(QueueName queue, String after) {
        return feed.follow(after, () -> store.position(queue, BATCH),
                position -> store.read(queue, position, BATCH).map(events -> batch(position, events)));
    }

    private static EventFeed.Batch<String, QueueEvent> batch(String position, List<QueueEvent> events) {
        return EventFeed.Batch.of(events, position, QueueEvent::id, events.size() == BATCH);
    }
}
