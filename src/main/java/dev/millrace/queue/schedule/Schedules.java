package dev.millrace.queue.schedule;

import java.util.List;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.schedule.ScheduleStore.Read;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.settings.PutResult;

/** Sets, reads and removes the recurring jobs of queues. {@link ScheduleRunner} enqueues their jobs. */
@Singleton
public class Schedules {

    private static final int MAX_SCHEDULES = 1000;
    /** How often a put that meets another put or an occurrence is repeated. */
    private static final int MAX_TRIES = 20;

    private final ScheduleStore store;
    private final QueueService queues;

    Schedules(ScheduleStore store, QueueService queues) {
        this.store = store;
        this.queues = queues;
    }

    /**
     * Sets a schedule. If it exists and recurs at the same times, its occurrences stay as they are, so an application may set its
     * schedules at each start. An occurrence that is due is enqueued in any case. Fails with 409 if the queue has 1,000 schedules.
     */
    public Uni<PutResult> put(QueueName queue, String name, ScheduleDefinition definition) {
        return queues.register(queue).chain(() -> put(queue, name, definition, MAX_TRIES)).invoke(put -> {
            if (put == PutResult.TOO_MANY) {
                throw new ApiException(ErrorCode.SCHEDULE_LIMIT,
                        "A queue may have " + MAX_SCHEDULES + " schedules. Delete those that are not used");
            }
        });
    }

    private Uni<PutResult> put(QueueName queue, String name, ScheduleDefinition definition, int tries) {
        return store.named(queue, name).flatMap(found -> {
            Read read = found.reads().isEmpty() ? null : found.reads().get(0);
            Schedule next = changed(name, read == null ? null : read.schedule(), definition, found.nowMs());
            return store.put(queue, next, next.nextMs(), MAX_SCHEDULES, read);
        }).onItem().ifNull().switchTo(() -> tries > 1
                ? put(queue, name, definition, tries - 1)
                : Uni.createFrom().failure(
                        new RedisUnavailableException(RedisUnavailableException.Reason.OVERLOADED,
                                "Too many clients change the schedule " + name + " at once")));
    }

    /** The schedule with another definition; its next occurrence is -1 if there is none. */
    static Schedule changed(String name, @Nullable Schedule before, ScheduleDefinition definition, long nowMs) {
        if (before == null) {
            return new Schedule(name, definition, nowMs, definition.recurrence(nowMs).next(nowMs));
        }
        // `every` counts from when the schedule was first set, also after changes. With the time of the change, a
        // schedule that is changed more often than its interval would never fire.
        Recurrence recurrence = definition.recurrence(before.anchorMs());
        boolean same = before.definition().recurrence(before.anchorMs()).equals(recurrence);
        boolean due = before.nextMs() > 0 && before.nextMs() <= nowMs;
        return new Schedule(name, definition, before.anchorMs(),
                due || same && before.nextMs() > 0 ? before.nextMs() : recurrence.next(nowMs));
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

    private static ApiException unknown(String name) {
        return new ApiException(ErrorCode.SCHEDULE_UNKNOWN, "There is no schedule " + name);
    }
}
