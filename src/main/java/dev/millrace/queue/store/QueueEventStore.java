package dev.millrace.queue.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.queue.model.QueueEvent;
import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/** The events of a queue in Redis. Reading them has them kept for a minute from then on. */
@Singleton
public class QueueEventStore {

    private final ScriptRunner scripts;
    private final Script events;

    QueueEventStore(ScriptRunner scripts) {
        this.scripts = scripts;
        this.events = scripts.get("queue/events-1");
    }

    /** The position of the newest event. */
    public Uni<String> position(QueueName queue, int limit) {
        return run(queue, "", limit).map(Response::toString);
    }

    /** Up to {@code limit} events after a position, oldest first. */
    public Uni<List<QueueEvent>> read(QueueName queue, String after, int limit) {
        return run(queue, after, limit).map(QueueEventStore::events);
    }

    private static List<QueueEvent> events(Response reply) {
        List<QueueEvent> events = new ArrayList<>(reply.size());
        for (Response entry : reply) {
            Map<String, String> fields = new LinkedHashMap<>();
            Response pairs = entry.get(1);
            for (int i = 0; i < pairs.size(); i += 2) {
                fields.put(pairs.get(i).toString(), pairs.get(i + 1).toString());
            }
            events.add(new QueueEvent(entry.get(0).toString(), fields));
        }
        return events;
    }

    private Uni<Response> run(QueueName queue, String after, int limit) {
        return scripts.run(events, List.of(queue.metaKey()), List.of(after, Integer.toString(limit)));
    }
}
