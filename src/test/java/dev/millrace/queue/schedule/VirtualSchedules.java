package dev.millrace.queue.schedule;

import static dev.millrace.redis.VirtualRedis.await;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.VirtualRedis;

/** The schedules of one queue on the virtual Redis; what they enqueue does not matter. */
public final class VirtualSchedules {

    private static final int MAX = 100;

    private final ScheduleStore store;
    private final QueueName queue;

    public VirtualSchedules(VirtualRedis redis, QueueName queue) {
        this.store = new ScheduleStore(redis, new ObjectMapper());
        this.queue = queue;
    }

    /** Sets when a schedule is due next; null removes it. */
    public void set(String name, Long next) {
        if (next == null) {
            await(store.delete(queue, name));
        } else {
            ScheduleStore.Found found = await(store.named(queue, name));
            await(store.put(queue, new Schedule(name, null, 0, next), next, MAX,
                    found.reads().isEmpty() ? null : found.reads().get(0)));
        }
    }
}
