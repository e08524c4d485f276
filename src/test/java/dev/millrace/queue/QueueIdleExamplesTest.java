package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.grouped;
import static dev.millrace.queue.ExampleQueue.unique;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.store.Reservation;

/** When a queue that is no longer used is removed, and what is left of it. */
class QueueIdleExamplesTest {

    private static final long AFTER = 3_600_000;
    /** How often the maintenance looks. */
    private static final long MINUTE = 60_000;

    private final ExampleQueue q = new ExampleQueue(SETTINGS.withRetention(0, 60_000));

    private void assertStays(String why) {
        assertFalse(q.queue.removeIdle(AFTER), why);
        q.pass(AFTER + 1);
        assertFalse(q.queue.removeIdle(AFTER), why);
    }

    private void work(Job job) {
        q.complete(job);
        q.pass(10_000);
        q.counts();
    }

    @Test
    void aQueueWithoutJobsGoesAfterTheTimeAndLeavesNothing() {
        q.add(unique("u"), grouped("g"));
        work(q.startOne());
        work(q.startOne());
        assertFalse(q.queue.removeIdle(AFTER), "the time begins");
        q.pass(AFTER - 1);
        assertFalse(q.queue.removeIdle(AFTER));
        q.pass(1);
        assertTrue(q.queue.removeIdle(AFTER));
        assertEquals(Set.of(), StoredQueue.of(q.redis).keys().keySet());
        assertTrue(q.queue.enqueuedFirst(List.of(PLAIN)), "the next job registers the queue again");
    }

    @Test
    void aQueueThatHasHadNoJobsGoes() {
        for (long ms = 0; ms < AFTER; ms += MINUTE) {
            assertFalse(q.queue.removeIdle(AFTER));
            assertEquals(List.of(), q.redis.immortal());
            q.pass(MINUTE);
        }
        assertTrue(q.queue.removeIdle(AFTER));
        assertEquals(Set.of(), StoredQueue.of(q.redis).keys().keySet());
    }

    @Test
    void idsOfCancelledJobsDoNotKeepAQueue() {
        String id = q.addOne(PLAIN);
        q.queue.cancel(id);
        q.queue.removeIdle(AFTER);
        q.pass(AFTER);
        assertTrue(q.queue.removeIdle(AFTER));
        assertEquals(Set.of(), StoredQueue.of(q.redis).keys().keySet());
    }

    @Test
    void idsOfTheNextQueueAreHigher() {
        String before = q.addOne(PLAIN);
        work(q.startOne());
        q.queue.removeIdle(AFTER);
        q.pass(AFTER);
        assertTrue(q.queue.removeIdle(AFTER));
        assertTrue(Long.parseLong(q.addOne(PLAIN)) > Long.parseLong(before));
    }

    @Test
    void aQueueWithJobsStaysWhateverTheirState() {
        q.add(PLAIN);
        assertStays("waiting");
        q.startOne();
        assertStays("active");
        q.counts();
        assertStays("dead of an expired lease");
    }

    @Test
    void aQueueWithDelayedOrKeptJobsStays() {
        q.add(PLAIN);
        q.fail(q.startOne(), 10 * AFTER);
        assertStays("delayed");
        ExampleQueue keeping = new ExampleQueue(SETTINGS);
        keeping.add(PLAIN);
        keeping.complete(keeping.startOne());
        assertFalse(keeping.queue.removeIdle(0));
        assertFalse(keeping.queue.removeIdle(0), "kept");
    }

    @Test
    void jobsThatCameAndWentInBetweenBeginTheTimeAnew() {
        q.add(PLAIN);
        work(q.startOne());
        q.queue.removeIdle(AFTER);
        q.pass(AFTER);
        q.add(PLAIN);
        work(q.startOne());
        assertFalse(q.queue.removeIdle(AFTER));
        q.pass(AFTER);
        assertTrue(q.queue.removeIdle(AFTER));
    }

    @Test
    void aJobInBetweenBeginsTheTimeAnewAlsoWhereItStays() {
        q.add(PLAIN);
        work(q.startOne());
        q.queue.removeIdle(AFTER);
        q.pass(AFTER);
        q.queue.pause("api");
        assertFalse(q.queue.removeIdle(AFTER), "paused");
        q.queue.pause("");
        assertFalse(q.queue.removeIdle(AFTER), "the time begins again");
        q.pass(AFTER);
        assertTrue(q.queue.removeIdle(AFTER));
    }

    @Test
    void aQueueWithAScheduleStays() {
        q.queue.schedule("s", q.queue.now() + 100 * AFTER);
        assertStays("a schedule");
    }

    @Test
    void aQueueStaysWhileAThrottleHasAWindow() {
        NewJob throttled = PLAIN.withKeys("k", null).withDuplicates(null, null, null,
                Duration.ofMillis(AFTER + 60_000));
        q.add(throttled);
        work(q.startOne());
        assertStays("the window is open");
        assertTrue(q.queue.enqueue(List.of(throttled)).get(0).duplicate());
        q.pass(60_000);
        q.counts();
        assertFalse(q.queue.removeIdle(AFTER));
        q.pass(AFTER);
        assertTrue(q.queue.removeIdle(AFTER));
    }

    @Test
    void aQueueThatAWorkerOrAListenerWaitsForStays() {
        q.queue.removeIdle(AFTER);
        q.pass(AFTER);
        q.queue.reserve(List.of(new Reservation(1, 0)), true);
        assertFalse(q.queue.removeIdle(AFTER));
        q.pass(2001);
        q.queue.listen();
        assertFalse(q.queue.removeIdle(AFTER));
        q.pass(60_001);
        assertFalse(q.queue.removeIdle(AFTER), "the time begins again");
        assertEquals(List.of(), q.redis.immortal());
    }

    @Test
    void callsAboutAQueueThatDoesNotExistLeaveNoKeyThatNeverExpires() {
        q.queue.reserve(List.of(new Reservation(1, 0)), true);
        q.queue.listen();
        q.queue.removeIdle(AFTER);
        assertEquals(List.of(), q.redis.immortal());
        q.queue.reserve(List.of(new Reservation(1, 0)), true);
        q.add(delayed(1));
        assertTrue(q.redis.immortal().stream().anyMatch(key -> key.endsWith(":meta")), "a job keeps it");
    }

    @Test
    void aPauseOutlivesRequestsThatWait() {
        q.queue.pause("api");
        q.queue.reserve(List.of(new Reservation(1, 0)), true);
        assertTrue(q.redis.immortal().stream().anyMatch(key -> key.endsWith(":meta")));
    }
}
