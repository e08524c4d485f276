package dev.millrace.queue;

import java.util.List;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;

import dev.millrace.http.EventFeed;
import dev.millrace.http.Stopping;
import dev.millrace.http.problem.ApiException;
import dev.millrace.queue.model.QueueEvent;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.store.QueueEventStore;

/**
 * What happens to the jobs of a queue, for those who listen. Events are kept while somebody does, and for a minute after, so one
 * who comes back in time misses nothing; a queue that nobody listens to pays nothing.
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
     * Events as they happen; empty ones are heartbeats. Ends when the service stops.
     *
     * @param after id of the event to begin after; null for now
     * @throws ApiException 503 if too many listen already
     */
    public Multi<Optional<QueueEvent>> follow(QueueName queue, String after) {
        return feed.follow(after, () -> store.position(queue, BATCH),
                position -> store.read(queue, position, BATCH).map(events -> batch(position, events)));
    }

    private static EventFeed.Batch<String, QueueEvent> batch(String position, List<QueueEvent> events) {
        return EventFeed.Batch.of(events, position, QueueEvent::id, events.size() == BATCH);
    }
}
