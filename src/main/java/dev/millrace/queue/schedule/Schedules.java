package dev.millrace.queue.schedule;

import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Singleton;

import org.jboss.logging.Logger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;
import dev.millrace.settings.PutResult;

/**
 * Recurring jobs of queues. An occurrence is claimed, and its job enqueued, in one script, so however many replicas see that it
 * is due, it is enqueued once. Of occurrences that were missed because no replica ran, one is made up for.
 */
@Singleton
public class Schedules {

    private static final Logger LOG = Logger.getLogger(Schedules.class);
    private static final int MOST = 1000;

    /** How one is kept in Redis. */
    @RegisterForReflection
    record Stored(ScheduleDefinition definition, long anchorMs) {}

    /** A schedule. {@code nextMs}: its next occurrence, 0 if there is none any more. */
    public record Named(String name, ScheduleDefinition definition, long anchorMs, long nextMs) {}

    private final ScriptRunner scripts;
    private final ObjectMapper json;
    private final QueueService queues;
    private final Script set;
    private final Script read;

    Schedules(ScriptRunner scripts, ObjectMapper json, QueueService queues) {
        this.scripts = scripts;
        this.json = json;
        this.queues = queues;
        this.set = scripts.get("queue/schedule-1");
        this.read = scripts.get("queue/schedules-1");
    }

    /** Sets a schedule; {@code every} counts from now, and so does cron. */
    public Uni<PutResult> put(QueueName queue, String name, ScheduleDefinition definition) {
        return queues.register(queue).chain(() -> read(queue, "all")).flatMap(now -> {
            long anchor = now.get(0).toLong();
            long next = definition.recurrence(anchor).next(anchor);
            return set(queue, name, write(new Stored(definition, anchor)), next);
        }).map(code -> {
            if (code == -2) {
                throw new ApiException(ErrorCode.SCHEDULE_LIMIT, "A queue may have " + MOST + " schedules");
            }
            return code == 1 ? PutResult.CREATED : PutResult.REPLACED;
        });
    }

    /** Removes a schedule; fails with 404. */
    public Uni<Void> delete(QueueName queue, String name) {
        return set(queue, name, "", 0).invoke(code -> {
            if (code == -1) {
                throw unknown(name);
            }
        }).replaceWithVoid();
    }

    /** One schedule; fails with 404. */
    public Uni<Named> get(QueueName queue, String name) {
        return read(queue, '=' + name).map(reply -> {
            List<Named> found = named(reply);
            if (found.isEmpty()) {
                throw unknown(name);
            }
            return found.get(0);
        });
    }

    public Uni<List<Named>> all(QueueName queue) {
        return read(queue, "all").map(this::named);
    }

    /** Enqueues the jobs of the occurrences that are due. */
    public Uni<Void> fire(QueueName queue) {
        return read(queue, "due").flatMap(reply -> {
            long now = reply.get(0).toLong();
            return Multi.createFrom().iterable(named(reply))
                    .onItem().transformToUniAndConcatenate(due -> queues.fire(queue, due.name(), due.nextMs(),
                            due.definition().recurrence(due.anchorMs()).next(Math.max(now, due.nextMs())),
                            due.definition().job()))
                    .onItem().ignoreAsUni();
        });
    }

    private Uni<Integer> set(QueueName queue, String name, String definition, long next) {
        return scripts.run(set, List.of(queue.key("meta")),
                List.of(name, definition, Long.toString(next), Integer.toString(MOST))).map(Response::toInteger);
    }

    private Uni<Response> read(QueueName queue, String which) {
        return scripts.run(read, List.of(queue.key("meta")), List.of(which));
    }

    private List<Named> named(Response reply) {
        List<Named> found = new ArrayList<>();
        for (int i = 1; i < reply.size(); i += 3) {
            String name = reply.get(i).toString();
            try {
                Stored stored = json.readValue(reply.get(i + 1).toString(), Stored.class);
                found.add(new Named(name, stored.definition(), stored.anchorMs(), reply.get(i + 2).toLong()));
            } catch (JsonProcessingException e) {
                LOG.errorf("Schedule %s in Redis cannot be read and is left out", name);
            }
        }
        return found;
    }

    private String write(Stored stored) {
        try {
            return json.writeValueAsString(stored);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ApiException unknown(String name) {
        return new ApiException(ErrorCode.SCHEDULE_UNKNOWN, "There is no schedule " + name);
    }
}
