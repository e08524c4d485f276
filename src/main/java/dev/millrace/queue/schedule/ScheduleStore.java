package dev.millrace.queue.schedule;

import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Singleton;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

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

    /** Schedules that {@link #due} returns at once. */
    static final int MAX_DUE = 100;

    private static final ReplyCodes<ScheduleCode> CODES = ReplyCodes.of(ScheduleCode.class);
    private static final Logger LOG = Logger.getLogger(ScheduleStore.class);

    /** A schedule's value in Redis, as JSON. */
    @RegisterForReflection
    record StoredSchedule(ScheduleDefinition definition, long anchorMs) {}

    /**
     * A schedule as it was read.
     *
     * @param schedule null if its value in Redis cannot be read
     * @param text its value in Redis
     * @param nextMs its next occurrence, in ms since 1970; 0 if there is none
     */
    record Read(@Nullable Schedule schedule, String text, long nextMs) {}

    /**
     * Schedules as they were read.
     *
     * @param nowMs the time of Redis, in ms since 1970
     * @param soonestMs the next occurrence of all schedules of the queue that is not due yet, in ms since 1970; 0 if there is none
     */
    record Found(long nowMs, long soonestMs, List<Read> reads) {

        /** Those whose value can be read. */
        List<Schedule> schedules() {
            List<Schedule> schedules = new ArrayList<>(reads.size());
            for (Read read : reads) {
                if (read.schedule() != null) {
                    schedules.add(read.schedule());
                }
            }
            return schedules;
        }
    }

    private final ScriptRunner scripts;
    private final ObjectMapper json;
    private final Script set;
    private final Script read;
    private final Script move;

    ScheduleStore(ScriptRunner scripts, ObjectMapper json) {
        this.scripts = scripts;
        this.json = json;
        this.set = scripts.get("queue/schedule-1");
        this.read = scripts.get("queue/schedules-1");
        this.move = scripts.get("queue/reschedule-1");
    }

    /**
     * Sets a schedule, if it is still as the caller has read it.
     *
     * @param nextMs its next occurrence, in ms since 1970; -1 for none
     * @param read null if there was none
     * @return null if it has changed since
     */
    Uni<@Nullable PutResult> put(QueueName queue, Schedule schedule, long nextMs, int max, @Nullable Read read) {
        String text = write(new StoredSchedule(schedule.definition(), schedule.anchorMs()));
        return set(queue, schedule.name(), text, nextMs, max, read).map(code -> switch (code) {
            case CREATED -> PutResult.CREATED;
            case REPLACED -> PutResult.REPLACED;
            case TOO_MANY -> PutResult.TOO_MANY;
            case CHANGED -> null;
            case REMOVED, UNKNOWN -> throw new IllegalStateException("Setting a schedule came to " + code);
        });
    }

    /** Moves the next occurrence of a schedule, if it is still as the caller has read it. Returns whether it did. */
    Uni<Boolean> move(QueueName queue, Schedule read, long nextMs) {
        return scripts.run(move, List.of(queue.metaKey()),
                List.of(read.name(), Long.toString(read.nextMs()), Long.toString(nextMs))).map(ReplyCodes::flag);
    }

    /** Removes a schedule; returns whether there was one. */
    Uni<Boolean> delete(QueueName queue, String name) {
        return set(queue, name, "", 0, 0, null).map(code -> code != ScheduleCode.UNKNOWN);
    }

    /** All schedules of a queue. */
    Uni<Found> all(QueueName queue) {
        return read(queue, "all");
    }

    /** Up to {@value #MAX_DUE} schedules that have an occurrence due, the earliest first, without the first {@code skipped}. */
    Uni<Found> due(QueueName queue, int skipped) {
        return read(queue, "due+" + skipped);
    }

    /** Up to ten schedules, by their next occurrence, without the first {@code skipped}. */
    Uni<Found> some(QueueName queue, int skipped) {
        return read(queue, "+" + skipped);
    }

    /** The schedule of that name, if there is one. */
    Uni<Found> named(QueueName queue, String name) {
        return read(queue, '=' + name);
    }

    private Uni<ScheduleCode> set(QueueName queue, String name, String definition, long nextMs, int max,
            @Nullable Read read) {
        return scripts.run(set, List.of(queue.metaKey()),
                List.of(name, definition, Long.toString(nextMs), Integer.toString(max), read == null ? "" : read.text(),
                        read == null ? "0" : Long.toString(read.nextMs())))
                .map(CODES::read);
    }

    private Uni<Found> read(QueueName queue, String which) {
        return scripts.run(read, List.of(queue.metaKey()), List.of(which)).map(this::found);
    }

    private Found found(Response reply) {
        List<Read> reads = new ArrayList<>();
        for (int i = 2; i < reply.size(); i += 3) {
            String text = reply.get(i + 1).toString();
            long nextMs = reply.get(i + 2).toLong();
            reads.add(new Read(schedule(reply.get(i).toString(), text, nextMs), text, nextMs));
        }
        return new Found(reply.get(0).toLong(), reply.get(1).toLong(), reads);
    }

    private @Nullable Schedule schedule(String name, String text, long nextMs) {
        try {
            StoredSchedule stored = json.readValue(text, StoredSchedule.class);
            return new Schedule(name, stored.definition(), stored.anchorMs(), nextMs);
        } catch (JsonProcessingException e) {
            LOG.errorf("Schedule %s in Redis cannot be read and is left out", name);
            return null;
        }
    }

    private String write(StoredSchedule stored) {
        try {
            return json.writeValueAsString(stored);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
