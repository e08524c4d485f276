package dev.millrace.queue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;

import dev.millrace.http.EventFeed;
import dev.millrace.http.Stopping;
import dev.millrace.http.problem.ApiException;
import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/**
 * What happens to the jobs of a queue, for those who listen. Events are kept while somebody does, and for a minute after, so one
 * who comes back in time misses nothing; a queue that nobody listens to pays nothing.
 */
@ApplicationScoped
public class QueueEvents {

    private static final long POLL_MS = 250;
    private static final int BATCH = 200;

    /**
     * An event.
     *
     * @param id its place in the stream: ms since 1970, and a number
     * @param fields type, id of the job (empty if it is about the queue), and what else the type has
     */
    public record Event(String id, Map<String, String> fields) {

        public String type() {
            return fields.get("type");
        }

        public long ms() {
            return Long.parseLong(id.substring(0, id.indexOf('-')));
        }
    }

    private final ScriptRunner scripts;
    private final Script events;
    private final EventFeed<String, Event> feed;

    QueueEvents(ScriptRunner scripts, Stopping stopping, Vertx vertx) {
        this.scripts = scripts;
        this.events = scripts.get("queue/events-1");
        this.feed = new EventFeed<>(stopping, vertx, POLL_MS);
    }

    /**
     * Events as they happen; empty ones are heartbeats. Ends when the service stops.
     *
     * @param after id of the event to begin after; null for now
     * @throws ApiException 503 if too many listen already
     */
    public Multi<Optional<Event>> follow(QueueName queue, String after) {
        return feed.follow(after, () -> read(queue, "").map(Response::toString),
                position -> read(queue, position).map(reply -> batch(position, reply)));
    }

    private static EventFeed.Batch<String, Event> batch(String position, Response reply) {
        List<Event> read = new ArrayList<>(reply.size());
        for (Response entry : reply) {
            Map<String, String> fields = new LinkedHashMap<>();
            Response pairs = entry.get(1);
            for (int i = 0; i < pairs.size(); i += 2) {
                fields.put(pairs.get(i).toString(), pairs.get(i + 1).toString());
            }
            read.add(new Event(entry.get(0).toString(), fields));
        }
        return EventFeed.Batch.of(read, position, Event::id, read.size() == BATCH);
    }

    private Uni<Response> read(QueueName queue, String after) {
        return scripts.run(events, List.of(queue.key("meta")), List.of(after, Integer.toString(BATCH)));
    }
}
