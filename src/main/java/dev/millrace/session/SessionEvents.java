package dev.millrace.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

import dev.millrace.http.ApiException;
import dev.millrace.http.ErrorCode;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.user.EventBatch;
import dev.millrace.user.EventPosition;
import dev.millrace.user.UserEvent;
import dev.millrace.user.UserEvents;

/**
 * Follows events for those who listen. Each listener reads Redis for himself, at his own pace and never ahead of it, so a slow
 * one costs no memory; one who comes back with the last position he has misses nothing that is still kept. While Redis is away
 * he hears nothing, and afterwards everything.
 */
@ApplicationScoped
public class SessionEvents {

    private static final long POLL_MS = 250;
    /** Silence lasts so long at most, or proxies take the connection for dead. */
    private static final long HEARTBEAT_NANOS = 15_000_000_000L;
    private static final int MAX_LISTENERS = 100;

    private final UserEvents events;
    private final Vertx vertx;
    private final AtomicInteger listeners = new AtomicInteger();
    private volatile boolean stopping;

    SessionEvents(UserEvents events, Vertx vertx) {
        this.events = events;
        this.vertx = vertx;
    }

    /** Readiness turns down: whoever listens shall go to another replica. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        stopping = true;
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    /**
     * Events as they happen; empty ones are heartbeats, the first of which comes at once. Ends when the service stops.
     *
     * @param after where to begin; null for now
     * @throws ApiException 503 if too many listen already
     */
    public Multi<Optional<UserEvent>> follow(String tenant, EventPosition after) {
        if (listeners.incrementAndGet() > MAX_LISTENERS) {
            listeners.decrementAndGet();
            throw new ApiException(ErrorCode.OVERLOADED,
                    "More than " + MAX_LISTENERS + " listen to this replica already");
        }
        return Multi.createBy().repeating().uni(() -> new Listener(tenant, after), Listener::next)
                .until(batch -> stopping).onItem().<Optional<UserEvent>>disjoint()
                .onTermination().invoke(listeners::decrementAndGet);
    }

    private final class Listener {
        private static final EventBatch NOTHING = new EventBatch(List.of(), false);

        private final String tenant;
        /** Of the last event he was told; null until it is known where to begin. */
        private EventPosition position;
        private boolean more = true;
        private long spokenAt = System.nanoTime() - HEARTBEAT_NANOS;

        Listener(String tenant, EventPosition position) {
            this.tenant = tenant;
            this.position = position;
        }

        /** What to say next, maybe nothing, after a while if there was nothing more to say. */
        Uni<List<Optional<UserEvent>>> next() {
            return (more ? read() : pause().chain(this::read)).map(this::take);
        }

        private Uni<EventBatch> read() {
            Uni<EventBatch> read = position == null
                    ? events.now().invoke(now -> position = now).replaceWith(NOTHING)
                    : events.read(tenant, position);
            return read.onFailure(RedisUnavailableException.class).recoverWithItem(NOTHING);
        }

        private List<Optional<UserEvent>> take(EventBatch batch) {
            more = batch.more();
            List<Optional<UserEvent>> said = new ArrayList<>(batch.events().size() + 1);
            for (UserEvent event : batch.events()) {
                position = event.position();
                said.add(Optional.of(event));
            }
            if (said.isEmpty() && System.nanoTime() - spokenAt >= HEARTBEAT_NANOS) {
                said.add(Optional.empty());
            }
            if (!said.isEmpty()) {
                spokenAt = System.nanoTime();
            }
            return said;
        }

        /** A timer of the event loop: Mutiny's own would go on in another thread. */
        private Uni<Void> pause() {
            return Uni.createFrom().emitter(emitter -> vertx.setTimer(POLL_MS, t -> emitter.complete(null)));
        }
    }
}
