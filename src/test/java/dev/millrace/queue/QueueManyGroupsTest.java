package dev.millrace.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueDefinition.Rate;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.redis.VirtualRedis;

/** The work of a call is bounded also in a queue in which many groups wait for their rate. */
class QueueManyGroupsTest {

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final VirtualQueue queue = new VirtualQueue(redis, QueueSettings.DEFAULT);

    private VirtualQueue withGroups(int concurrency, int limit) {
        GroupDefinition limits = new GroupDefinition(concurrency, new Rate(limit, Duration.ofMinutes(10)));
        return new VirtualQueue(redis, QueueSettings.DEFAULT.withGroups(limits.encode()).withVersion());
    }

    private int taken() {
        return queue.reserve(List.of(new Reservation(1000, 0)), false).jobs().size();
    }

    /** A change of all groups is done in steps, each of a bounded number of groups. */
    @Test
    void manyParkedGroupsAreChangedInSteps() {
        int groups = 20_000;
        assertTrue(withGroups(2, 1).configure(null));
        for (int i = 0; i < groups; i += 500) {
            int from = i;
            queue.enqueue(IntStream.range(0, 1000)
                    .mapToObj(n -> NewJob.of("t", null).withGroup("g" + (from + n / 2))).toList());
        }
        int started = 0;
        for (int n = taken(); n > 0 || parked() < groups; n = taken()) {
            started += n;
        }
        assertEquals(groups, started);
        VirtualQueue raised = withGroups(2, 2);
        assertEquals("UNFINISHED", raised.note());
        assertEquals("BUSY", withGroups(1, 9).note());
        int steps = 0;
        long before = parked();
        assertEquals(groups, before);
        for (boolean more = true; more; steps++) {
            more = queue.regroupSome();
            long now = parked();
            assertTrue(before - now <= 200, "a step of " + (before - now));
            before = now;
        }
        assertEquals(0, before);
        assertTrue(steps < 2500, steps + " steps");
        assertFalse(queue.regroupSome());
        assertEquals(1000, taken());
        assertEquals("NOTED", raised.note());
    }

    private long parked() {
        return (Long) redis.call("ZCARD", VirtualQueue.PREFIX + "parked");
    }
}
