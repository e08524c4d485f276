package dev.millrace.queue.schedule;

import static java.util.Objects.requireNonNull;

import java.util.List;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.QueueTask;
import dev.millrace.queue.model.QueueName;
import dev.millrace.settings.PutResult;

/**
 * The recurring jobs of queues. One script claims an occurrence and enqueues its job, so each occurrence is enqueued once,
 * however many replicas find it due. If no replica ran for a while, one of the missed occurrences is enqueued.
 */
@Singleton
public class Schedules implements QueueTask {

    private static final int MAX_SCHEDULES = 1000;

    private final ScheduleStore store;
    private final QueueService queues;

    Schedules(ScheduleStore store, QueueService queues) {
        this.store = store;
        this.queues = queues;
    }

    /** Sets a schedule. Its occurrences count from now. Fails with 409 if the queue has 1,000 schedules. */
    public Uni<PutResult> put(QueueName queue, String name, ScheduleDefinition definition) {
        return queues.register(queue).chain(() -> store.all(queue)).flatMap(found -> {
            long anchor = found.nowMs();
            long next = definition.recurrence(anchor).next(anchor);
            return store.put(queue, name, definition, anchor, next, MAX_SCHEDULES);
        }).invoke(put -> {
            if (put == PutResult.TOO_MANY) {
                throw new ApiException(ErrorCode.SCHEDULE_LIMIT, "A queue may have " + MAX_SCHEDULES + " schedules");
            }
        });
    }

    /** Removes a schedule; fails with 404 if it is unknown. */
    public Uni<Void> delete(QueueName queue, String name) {
        return store.delete(queue, name).invoke(existed -> {
            if (!existed) {
                throw unknown(name);
            }
        }).replaceWithVoid();
    }

    /** Reads a schedule; fails with 404 if it is unknown. */
    public Uni<Schedule> get(QueueName queue, String name) {
        return store.named(queue, name).map(found -> {
            if (found.schedules().isEmpty()) {
                throw unknown(name);
            }
            return found.schedules().get(0);
        });
    }

    /** Reads all schedules of a queue, in no particular order. */
    public Uni<List<Schedule>> all(QueueName queue) {
        return store.all(queue).map(ScheduleStore.Found::schedules);
    }

    @Override
    public Uni<Void> fireSchedules(QueueName queue) {
        return store.due(queue).flatMap(found -> Multi.createFrom().iterable(found.schedules())
                .onItem().transformToUniAndConcatenate(due -> queues.fire(queue, due.name(), due.nextMs(),
                        due.definition().recurrence(due.anchorMs()).next(Math.max(found.nowMs(), due.nextMs())),
                        requireNonNull(due.definition().job())))
                .onItem().ignoreAsUni());
    }

    private static ApiException unknown(String name) {
        return new ApiException(ErrorCode.SCHEDULE_UNKNOWN, "There is no schedule " + name);
    }
}
