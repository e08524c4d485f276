package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.withTtl;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.QueueEvent;
import dev.millrace.queue.store.VirtualQueue;

/** Which events a client that listens to a queue is sent. */
class QueueEventExamplesTest {

    private final ExampleQueue q = new ExampleQueue(SETTINGS);

    private Map<String, String> lastEvent(String after) {
        List<QueueEvent> events = q.queue.events(after, 100);
        return events.get(events.size() - 1).fields();
    }

    private void extend(Job job, String progress) {
        q.queue.extend(List.of(new LeaseExtension(job.id(), job.leaseToken(), null, new JsonValue(progress))));
    }

    @Test
    void eachChangeOfAJobEmitsAnEvent() {
        String start = q.queue.listen();
        List<String> ids = q.add(PLAIN, PLAIN, delayed(60_000), PLAIN);
        List<Job> jobs = q.start(3);
        q.complete(jobs.get(0));
        q.fail(jobs.get(1), 0L);
        q.bury(q.startOne());
        q.queue.retry(ids.get(1));
        q.queue.retry(ids.get(2));
        q.queue.cancel(ids.get(2));
        q.queue.cancel(ids.get(3));
        q.queue.release(List.of(jobs.get(2).leaseToken()));

        assertEquals(List.of("job.enqueued 0", "job.enqueued 1", "job.enqueued 2", "job.enqueued 3", "job.active 0",
                "job.active 1", "job.active 3", "job.completed 0", "job.retrying 1", "job.active 1", "job.dead 1",
                "job.waiting 1", "job.waiting 2", "job.cancelled 2", "job.cancelling 3", "job.cancelled 3"),
                q.told(start, ids));
    }

    @Test
    void anExpiredLeaseEmitsAnEvent() {
        String start = q.queue.listen();
        List<String> ids = q.add(PLAIN, PLAIN);
        VirtualQueue forgiving = q.with(SETTINGS.withLease(5000, 1));
        for (int i = 0; i < 2; i++) {
            q.start(1);
            q.pass(5001);
            forgiving.sweep(9);
        }
        q.start(1);
        q.queue.cancel(ids.get(1));
        assertEquals(List.of("job.enqueued 0", "job.enqueued 1", "job.active 0", "job.stalled 0", "job.active 0",
                "job.dead 0", "job.active 1", "job.cancelling 1"), q.told(start, ids));
        assertEquals("The lease expired 2 times without an outcome",
                q.queue.events(start, 100).get(5).fields().get("error"));
    }

    @Test
    void aJobThatDidNotStartInTimeEmitsAnEvent() {
        String start = q.queue.listen();
        List<String> ids = q.add(withTtl(1000), withTtl(1000).withKeys("u", null));
        q.pass(1001);
        ids = List.of(ids.get(0), ids.get(1), q.addOne(PLAIN.withKeys("u", null)));
        q.start(1);
        assertEquals(List.of("job.enqueued 0", "job.enqueued 1", "job.expired 1", "job.enqueued 2", "job.expired 0",
                "job.active 2"), q.told(start, ids));
    }

    @Test
    void anEventOfAFailureSaysWhyAndWhenItIsRetried() {
        String start = q.queue.listen();
        String id = q.addOne(PLAIN);
        q.fail(q.startOne(), 700L);
        assertEquals(Map.of("type", "job.retrying", "id", id, "error", "E", "delay", "700"), lastEvent(start));
        q.pass(700);
        q.bury(q.startOne());
        assertEquals(Map.of("type", "job.dead", "id", id, "error", "E"), lastEvent(start));
    }

    /** Thousands of events are kept and read together. */
    @Test
    void progressOfUpToAKilobyteIsInItsEvent() {
        String start = q.queue.listen();
        String id = q.addOne(PLAIN);
        Job job = q.startOne();
        String small = '"' + "x".repeat(1022) + '"';
        extend(job, small);
        assertEquals(Map.of("type", "job.progress", "id", id, "progress", small), lastEvent(start));
        extend(job, '"' + "x".repeat(1023) + '"');
        assertEquals(Map.of("type", "job.progress", "id", id), lastEvent(start));
    }

    @Test
    void aPausedQueueEmitsAnEventAndSoDoesAResumedOne() {
        String start = q.queue.listen();
        q.queue.pause("api");
        q.queue.pause("");
        assertEquals(List.of(Map.of("type", "queue.paused", "id", "", "reason", "api"),
                Map.of("type", "queue.resumed", "id", "")),
                q.queue.events(start, 100).stream().map(QueueEvent::fields).toList());
    }

    @Test
    void eventsAreReadFromAPositionOnSoManyAtATime() {
        q.queue.listen();
        q.add(PLAIN, PLAIN);
        String position = q.queue.listen();
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN);
        assertEquals(List.of("job.enqueued 0", "job.enqueued 1", "job.enqueued 2"), q.told(position, ids));
        List<QueueEvent> two = q.queue.events(position, 2);
        assertEquals(2, two.size());
        assertEquals(List.of("job.enqueued 2"), q.told(two.get(1).id(), ids));
    }

    @Test
    void eventsAreKeptForAMinuteAfterAClientListened() {
        String start = q.queue.listen();
        q.pass(59_999);
        List<String> ids = q.add(PLAIN);
        q.pass(1);
        q.add(PLAIN);
        assertEquals(List.of("job.enqueued 0"), q.told(start, ids));
        q.add(PLAIN);
        assertEquals(2, q.queue.events(start, 100).size(), "it listens again");
    }

    @Test
    void eventsExpireFiveMinutesAfterTheLast() {
        q.queue.listen();
        q.add(PLAIN);
        q.pass(300_000);
        assertTrue(q.redis.content().containsKey(VirtualQueue.PREFIX + "events"));
        q.pass(1);
        assertFalse(q.redis.content().containsKey(VirtualQueue.PREFIX + "events"));
    }

    @Test
    void aClientThatListensToAQueueThatNobodyUsesLeavesNothing() {
        assertEquals(q.queue.now() + "-0", q.queue.listen());
        q.pass(120_000);
        assertFalse(q.redis.content().isEmpty());
        q.pass(1);
        assertEquals(Map.of(), q.redis.content());
    }

    @Test
    void aQueueThatWasListenedToBeforeItsFirstJobStays() {
        q.queue.listen();
        long first = Long.parseLong(q.addOne(PLAIN));
        q.queue.listen();
        q.pass(200_000);
        assertEquals(first + 1, Long.parseLong(q.addOne(PLAIN)), "it counts on");
    }

    @Test
    void aPausedQueueThatWasOnlyListenedToStaysPaused() {
        q.queue.listen();
        q.queue.pause("api");
        q.pass(200_000);
        assertEquals("api", q.queue.sweep(1).snapshot().pausedReason());
    }

    @Test
    void aReleaseEmitsAnEvent() {
        String start = q.queue.listen();
        String id = q.addOne(PLAIN);
        q.queue.release(List.of(q.startOne().leaseToken()), Duration.ofMillis(300));
        assertEquals(Map.of("type", "job.released", "id", id, "delay", "300"), lastEvent(start));
    }
}
