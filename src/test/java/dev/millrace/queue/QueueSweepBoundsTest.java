package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.grouped;
import static dev.millrace.queue.ExampleQueue.many;
import static dev.millrace.queue.ExampleQueue.withTtl;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueDefinition.Rate;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.redis.VirtualRedis;

/** However much there is to sweep, a call does a bounded part of it, says that there is more, and leaves nothing out for ever. */
class QueueSweepBoundsTest {

    private final ExampleQueue q = new ExampleQueue(SETTINGS.withLease(600_000, 3));

    private List<String> addMany(int n, NewJob job) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < n; i += 1000) {
            ids.addAll(q.add(many(Math.min(1000, n - i), job)));
        }
        return ids;
    }

    private Map<String, List<String>> keys() {
        return StoredQueue.of(q.redis).keys();
    }

    @Test
    void ratesThatAreRegainedAreSweptAwayWhole() {
        QueueSettings rated = SETTINGS
                .withGroups(new GroupDefinition(1, new Rate(1, Duration.ofSeconds(1))).encode());
        VirtualQueue queue = q.with(rated);
        queue.configure(null);
        queue.enqueue(IntStream.range(0, 50).mapToObj(i -> grouped("g" + i)).toList());
        q.start(50).forEach(q::complete);
        q.pass(1001);
        int sweeps = 1;
        while (queue.sweep(20).more()) {
            sweeps++;
        }
        assertEquals(3, sweeps);
        assertFalse(keys().containsKey("pace"));
    }

    private String head(String group) {
        return StoredQueue.of(q.redis).map("groups").get(group);
    }

    /** Lines that are too long to be tidied for what they have, and have more of it than the group. */
    private void fillWithLinesThatAreNotTidied() {
        List<Object> push = new ArrayList<>(List.of("RPUSH", ""));
        push.addAll(Collections.nCopies(20_500, "9999999"));
        for (int i = 1; i <= 10; i++) {
            push.set(1, VirtualQueue.PREFIX + "w:" + i);
            q.redis.call(push.toArray());
            q.redis.call("ZADD", VirtualQueue.PREFIX + "gone", "2000", "w:" + i);
        }
    }

    @Test
    void aGroupFindsItsNextJobWhateverElseIsToBeTidied() {
        List<String> ids = addMany(6200, grouped("a"));
        Job first = q.startOne();
        ids.subList(600, 1600).forEach(q.queue::cancel);
        ids.subList(1, 600).forEach(q.queue::cancel);
        fillWithLinesThatAreNotTidied();
        q.complete(first);
        assertEquals("0", head("a"), "two hundred were passed");
        for (int i = 0; i < 4; i++) {
            assertTrue(q.queue.sweep(200).more());
            assertEquals("0", head("a"));
        }
        q.requireWoken(() -> q.queue.sweep(200));
        assertEquals(ids.get(1600), head("a"));
        assertFalse(keys().containsKey("seeking"));
    }

    @Test
    void groupsLookForTheirNextJobsInTurns() {
        List<Object> push = new ArrayList<>(List.of("RPUSH", ""));
        push.addAll(Collections.nCopies(1000, "9999999"));
        for (int i = 0; i < 11; i++) {
            String id = q.addOne(PLAIN);
            q.redis.call("HSET", VirtualQueue.PREFIX + "groups", "g" + i, "0");
            q.redis.call("ZADD", VirtualQueue.PREFIX + "seeking", "5", "g" + i);
            push.set(1, VirtualQueue.PREFIX + "g:g" + i);
            q.redis.call(push.toArray());
            q.redis.call("RPUSH", VirtualQueue.PREFIX + "g:g" + i, id);
        }
        for (int sweeps = 0; keys().containsKey("seeking"); sweeps++) {
            assertTrue(sweeps < 9, "11 groups of 6 steps, 10 at a time");
            q.queue.sweep(200);
            q.pass(1);
        }
        assertFalse(keys().containsKey("seeking"));
        assertFalse(StoredQueue.of(q.redis).map("groups").containsValue("0"));
    }

    @Test
    void aGroupThatAnEarlierVersionLeftWithoutAHeadGoesOn() {
        List<String> ids = addMany(3, grouped("a"));
        q.complete(q.startOne());
        q.complete(q.startOne());
        q.redis.call("HSET", VirtualQueue.PREFIX + "groups", "a", "0");
        q.redis.call("DEL", VirtualQueue.PREFIX + "w:0");
        q.redis.call("RPUSH", VirtualQueue.PREFIX + "g:a", ids.get(2));
        q.redis.call("ZADD", VirtualQueue.PREFIX + "gone", "1", "g:a");
        q.queue.sweep(9);
        q.queue.sweep(9);
        assertEquals(ids.subList(2, 3), q.startedIds(9));
        assertFalse(keys().containsKey("seeking"));
    }

    @Test
    void jobsThatExpireInTheMiddleOfALongLineAreCountedAndPassed() {
        List<String> before = addMany(3000, PLAIN);
        List<String> brief = addMany(300, withTtl(1000));
        List<String> after = addMany(3000, PLAIN);
        List<String> last = addMany(10, withTtl(1000));
        q.pass(1001);
        q.queue.sweep(200);
        q.queue.sweep(200);
        assertEquals(310, StoredQueue.of(q.redis).stat("removed"));
        assertEquals("gone", q.state(brief.get(0)));
        assertEquals("gone", q.state(last.get(0)));
        while (q.queue.sweep(200).more()) {
            // There is more.
        }
        q.queue.sweep(200);
        List<String> left = new ArrayList<>(before);
        left.addAll(after);
        assertEquals(left, q.queue.list("waiting", 500));
        assertFalse(keys().containsKey("gone"));
    }

    @Test
    void jobsThatExpireNearTheEndsOfALongLineAreTakenOut() {
        addMany(300, withTtl(1000));
        addMany(6000, PLAIN);
        addMany(100, withTtl(1000));
        q.pass(1001);
        assertTrue(q.queue.sweep(200).more());
        assertEquals(6200, keys().get("w:0").size());
        q.queue.sweep(200);
        assertEquals(6000, keys().get("w:0").size());
        assertFalse(keys().containsKey("gone"));
    }

    @Test
    void aJobExpiresAlsoIfASweepMadeOnlyOthersReady() {
        String ready = q.addOne(delayed(400));
        String late = q.addOne(withTtl(1000).withDelay(Duration.ofMillis(500)));
        q.pass(1501);
        assertTrue(q.queue.sweep(1).more());
        assertEquals("gone", q.state(late));
        assertEquals(List.of(ready), q.startedIds(9));
        assertFalse(keys().containsKey("delayed"));
    }

    @Test
    void aJobExpiresAlsoWhileTheMemoryOfRedisIsFull() {
        String id = q.addOne(withTtl(1000));
        q.pass(900);
        q.queue.sweep(9);
        // So soon after that one, this one does not note the time, which would be a first write.
        q.pass(101);
        q.redis.refuseNext(VirtualRedis.Refusal.MEMORY_FULL);
        q.queue.sweep(9);
        assertEquals("gone", q.state(id));
    }

    @Test
    void aLineIsWholeWhileItIsTidied() {
        List<String> ids = addMany(6000, PLAIN);
        List<String> gone = ids.subList(1000, 1010);
        gone.forEach(q.queue::cancel);
        List<String> living = new ArrayList<>(ids);
        living.removeAll(gone);
        assertTrue(q.queue.sweep(200).more());
        assertEquals(List.of("0", "0.5"), levels());
        while (q.queue.sweep(200).more()) {
            assertTrue(living.equals(q.queue.list("waiting", 500)));
        }
        assertEquals(List.of("0.5"), levels());
        assertEquals(5990, keys().get("w:0.5").size());
    }

    private List<String> levels() {
        return q.redis.call("ZRANGE", VirtualQueue.PREFIX + "levels", "0", "-1") instanceof List<?> found
                ? found.stream().map(String::valueOf).toList()
                : List.of();
    }
}
