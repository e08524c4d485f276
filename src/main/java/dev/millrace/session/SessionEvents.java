package dev.millrace.session;

import java.util.List;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;

import dev.millrace.http.EventFeed;
import dev.millrace.http.Stopping;
import dev.millrace.http.problem.ApiException;
import dev.millrace.redis.RedisTopology;
import dev.millrace.user.EventPosition;
import dev.millrace.user.UserEvent;
import dev.millrace.user.UserEvents;

/** Follows what happens to sessions and refresh tokens, for those who listen. */
@ApplicationScoped
public class SessionEvents {

    private static final long POLL_MS = 250;
    /** There, a look is a script per partition. */
    private static final long CLUSTER_POLL_MS = 1000;

    private final UserEvents events;
    private final EventFeed<EventPosition, UserEvent> feed;

    SessionEvents(UserEvents events, RedisTopology redis, Stopping stopping, Vertx vertx) {
        this.events = events;
        this.feed = new EventFeed<>(stopping, vertx, redis.isCluster() ? CLUSTER_POLL_MS : POLL_MS);
    }

    /**
     * Events as they happen; empty ones are heartbeats. Ends when the service stops.
     *
     * @param after where to begin; null for now
     * @throws ApiException 503 if too many listen already
     */
    public Multi<Optional<UserEvent>> follow(String tenant, EventPosition after) {
        return feed.follow(after, events::now, position -> events.read(tenant, position).map(batch -> {
            List<UserEvent> read = batch.events();
            return new EventFeed.Batch<>(read, read.isEmpty() ? position : read.get(read.size() - 1).position(),
                    batch.more());
        }));
    }
}
