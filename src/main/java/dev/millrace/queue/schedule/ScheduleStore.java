package dev.millrace.queue.schedule;

import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Singleton;

import org.jboss.logging.Logger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;
import dev.millrace.settings.PutResult;

/** The schedules of queues in Redis. */
@Singleton
class ScheduleStore {

    private static final ReplyCodes<ScheduleCode> CODES = ReplyCodes.of(ScheduleCode.class);
    private static final Logger LOG = Logger.getLogger(ScheduleStore.class);

    /** A schedule's value in Redis, as JSON. */
    @RegisterForReflection
    record StoredSchedule(ScheduleDefinition definition, long anchorMs) {}

    /** Schedules, and the time of Redis at which they were read, in ms since 1970. */
    record Found(long nowMs, List<Schedule> schedules) {}

    private final ScriptRunner scripts;
    private final ObjectMapper json;
    private final Script set;
    private final Script read;

    ScheduleStore(ScriptRunner scripts, ObjectMapper json) {
        this.scripts = scripts;
        this.json = json;
        this.set = scripts.get("queue/schedule-1");
        this.read = scripts.get("queue/schedules-1");
    }

    /** Sets a schedule. {@code nextMs}: its next occurrence, in ms since 1970. */
    Uni<PutResult> put(QueueName queue, String name, ScheduleDefinition definition, long anchorMs, long nextMs,
            int max) {
        return set(queue, name, write(new StoredSchedule(definition, anchorMs)), nextMs, max)
                .map(code -> switch (code) {
                    case CREATED -> PutResult.CREATED;
                    case REPLACED -> PutResult.REPLACED;
                    case TOO_MANY -> PutResult.TOO_MANY;
                    case REMOVED, UNKNOWN -> throw new IllegalStateException("Setting a schedule came to " + code);
                });
    }

    /** Removes a schedule; returns whether there was one. */
    Uni<Boolean> delete(QueueName queue, String name) {
        return set(queue, name, "", 0, 0).map(code -> code != ScheduleCode.UNKNOWN);
    }

    /** All schedules of a queue. */
    Uni<Found> all(QueueName queue) {
        return read(queue, "all");
    }

    /** Up to 100 schedules that have an occurrence due. */
    Uni<Found> due(QueueName queue) {
        return read(queue, "due");
    }

    /** The schedule of that name, if there is one. */
    Uni<Found> named(QueueName queue, String name) {
        return read(queue, '=' + name);
    }

    private Uni<ScheduleCode> set(QueueName queue, String name, String definition, long nextMs, int max) {
        return scripts.run(set, List.of(queue.metaKey()),
                List.of(name, definition, Long.toString(nextMs), Integer.toString(max))).map(CODES::read);
    }

    private Uni<Found> read(QueueName queue, String which) {
        return scripts.run(read, List.of(queue.metaKey()), List.of(which)).map(this::found);
    }

    private Found found(Response reply) {
        List<Schedule> schedules = new ArrayList<>();
        for (int i = 1; i < reply.size(); i += 3) {
            String name = reply.get(i).toString();
            try {
                StoredSchedule stored = json.readValue(reply.get(i + 1).toString(), StoredSchedule.class);
                schedules.add(new Schedule(name, stored.definition(), stored.anchorMs(), reply.get(i + 2).toLong()));
            } catch (JsonProcessingException e) {
                LOG.errorf("Schedule %s in Redis cannot be read and is left out", name);
            }
        }
        return new Found(reply.get(0).toLong(), schedules);
    }

    private String write(StoredSchedule stored) {
        try {
            return json.writeValueAsString(stored);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
