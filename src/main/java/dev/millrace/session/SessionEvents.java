package dev.millrace.session;

import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;

import dev.millrace.http.EventFeed;
import dev.millrace.http.Stopping;
import dev.millrace.redis.RedisTopology;
import dev.millrace.user.EventPosition;
import dev.millrace.user.UserEvent;
import dev.millrace.user.UserEvents;

/** Follows the events of sessions and refresh tokens for listeners. */
@ApplicationScoped
public class SessionEvents {

    private static final long POLL_MS = 250;
    /** On a cluster, each read is a script per partition. */
    private static final long CLUSTER_POLL_MS = 1000;

    private final UserEvents events;
    private final EventFeed<EventPosition, UserEvent> feed;

    SessionEvents(UserEvents events, RedisTopology redis, Stopping stopping, Vertx vertx) {
        this.events = events;
        this.feed = new EventFeed<>(stopping, vertx, redis.isCluster() ? CLUSTER_POLL_MS : POLL_MS);
    }

    /**
     * Returns events as they happen; empty ones are heartbeats. Ends when the service stops.
     *
     * @param after position to start after; null to start now
     */
    public Multi<Optional<UserEvent>> follow(String tenant, EventPosition after) {
        return feed.follow(after, events::now, position -> events.read(tenant, position)
                .map(batch -> new EventFeed.Batch<>(batch.events(), batch.last(), batch.more())));
    }
}
