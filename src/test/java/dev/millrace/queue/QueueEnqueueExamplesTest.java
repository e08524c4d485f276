package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.grouped;
import static dev.millrace.queue.ExampleQueue.ids;
import static dev.millrace.queue.ExampleQueue.many;
import static dev.millrace.queue.ExampleQueue.unique;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueCounts;

/** What becomes of jobs that are enqueued: their ids, their places, and which of them are duplicates. */
class QueueEnqueueExamplesTest {

    /** Jobs whose ids, divided by this, have the same quotient share a hash in Redis. */
    private static final int BUCKET = 8192;
    private static final long Y2025_MS = 1_735_689_600_000L;
    private static final NewJob IDEMPOTENT = PLAIN.withKeys(null, "i");

    private final ExampleQueue q = new ExampleQueue(SETTINGS);

    private List<EnqueuedJob> enqueue(NewJob... jobs) {
        return q.queue.enqueue(List.of(jobs));
    }

    private static NewJob numbered(int n) {
        return NewJob.of("t" + n, new JsonValue(Integer.toString(n)));
    }

    /** Ids of a queue that was removed are not given again: they go on with the time. */
    @Test
    void theFirstIdIsTheTimeInUnitsOfTenMicrosecondsSince2025() {
        List<String> ids = q.add(PLAIN, PLAIN);
        long first = (q.queue.now() - Y2025_MS) * 100 + 1;
        assertEquals(List.of(Long.toString(first), Long.toString(first + 1)), ids);
        assertEquals(Long.toString(first + 2), q.addOne(PLAIN));
    }

    @Test
    void theFirstJobsOfAQueueAreSaidToBeThat() {
        assertTrue(q.queue.enqueuedFirst(List.of(PLAIN, PLAIN)));
        assertFalse(q.queue.enqueuedFirst(List.of(PLAIN, PLAIN)));
    }

    @Test
    void afterAFailoverIdsGoOnWithTheTimeToo() {
        assertFalse(q.queue.renumber(), "the queue is not in use");
        q.queue.pause("api");
        assertTrue(q.queue.renumber(), "paused");
        q.queue.pause("");
        q.queue.schedule("s", q.queue.now() + 1_000_000);
        assertTrue(q.queue.renumber(), "it has a schedule");
        q.add(PLAIN);
        q.pass(1000);
        assertTrue(q.queue.renumber());
        long id = (q.queue.now() - Y2025_MS) * 100 + 1;
        assertEquals(Long.toString(id), q.addOne(PLAIN));
        q.add(many(400, PLAIN));
        q.pass(1);
        q.queue.renumber();
        assertEquals(Long.toString(id + 401), q.addOne(PLAIN), "those that are ahead of the time stay so");
    }

    @Test
    void jobsAreTheSameWhereTheirIdsGoOverToTheNextHash() {
        while ((q.queue.now() - Y2025_MS) * 100 % BUCKET < BUCKET - 30) {
            q.pass(1);
        }
        NewJob[] jobs = new NewJob[60];
        for (int i = 0; i < jobs.length; i++) {
            jobs[i] = numbered(i);
        }
        List<String> ids = q.add(jobs);
        assertTrue(Long.parseLong(ids.get(0)) / BUCKET < Long.parseLong(ids.get(59)) / BUCKET);
        assertEquals(List.of(jobs).stream().map(NewJob::type).toList(),
                q.queue.peek(ids).stream().map(Job::type).toList());
        List<Job> started = q.start(60);
        assertEquals(List.of(jobs).stream().map(NewJob::data).toList(), started.stream().map(Job::data).toList());
        started.forEach(q::complete);
        q.pass(60_000);
        assertEquals(0, q.counts().kept());
        assertEquals(Map.of(), StoredQueue.of(q.redis).bodies());
    }

    @Test
    void aDelayedJobIsReadyWhenItIsDueAndNotBefore() {
        List<String> ids = q.add(delayed(1), PLAIN, delayed(0));
        assertEquals(List.of("delayed", "waiting", "waiting"), q.states(ids));
        QueueCounts counts = q.queue.sweep(9).snapshot().counts();
        assertEquals(List.of(2L, 1L, 3L), List.of(counts.waiting(), counts.delayed(), counts.enqueued()));
        assertEquals(List.of(ids.get(1), ids.get(2)), q.startedIds(9));
        q.pass(1);
        assertEquals(ids.subList(0, 1), q.startedIds(9));
    }

    @Test
    void aJobMayBeDueAtATime() {
        long now = q.queue.now();
        List<String> ids = q.add(PLAIN.withRunAt(Instant.ofEpochMilli(now + 700).toString()),
                PLAIN.withRunAt(Instant.ofEpochMilli(now).toString()),
                PLAIN.withRunAt(Instant.ofEpochMilli(now - 5000).toString()));
        assertEquals(List.of("delayed", "waiting", "waiting"), q.states(ids));
        assertEquals(now + 700, Instant.parse(q.peek(ids.get(0)).dueAt()).toEpochMilli());
    }

    @Test
    void jobsThatAreDueTogetherKeepTheirOrderAndTheirPriorities() {
        List<String> ids = q.add(delayed(5), delayed(5).withPriority(3), delayed(5), delayed(4));
        q.pass(5);
        assertEquals(List.of(ids.get(1), ids.get(3), ids.get(0), ids.get(2)), q.startedIds(9));
    }

    @Test
    void whileAJobLivesOthersWithItsUniqueKeyAreDuplicates() {
        List<EnqueuedJob> both = enqueue(unique("u"), unique("u"), unique("v"), PLAIN);
        String id = both.get(0).id();
        assertEquals(new EnqueuedJob(id, "waiting", true), both.get(1));
        assertEquals(List.of("waiting", "waiting", "waiting", "waiting"),
                both.stream().map(EnqueuedJob::state).toList());
        assertEquals(List.of(false, true, false, false), both.stream().map(EnqueuedJob::duplicate).toList());
        assertEquals(3, q.counts().enqueued());
        Job job = q.startOne();
        assertEquals(new EnqueuedJob(id, "active", true), enqueue(unique("u")).get(0));
        q.fail(job, 1000L);
        assertEquals(new EnqueuedJob(id, "delayed", true), enqueue(unique("u")).get(0));
        q.pass(1000);
        q.start(9).forEach(q::complete);
        assertFalse(enqueue(unique("u")).get(0).duplicate());
    }

    @Test
    void forADayOthersWithAnIdempotencyKeyAreDuplicatesWhateverBecameOfTheJob() {
        String id = q.addOne(IDEMPOTENT);
        assertEquals(new EnqueuedJob(id, "waiting", true), enqueue(IDEMPOTENT).get(0));
        q.complete(q.startOne());
        assertEquals(new EnqueuedJob(id, "completed", true), enqueue(IDEMPOTENT).get(0));
        q.pass(86_400_000);
        q.counts();
        assertEquals(new EnqueuedJob(id, "gone", true), enqueue(IDEMPOTENT).get(0));
        q.pass(1);
        assertFalse(enqueue(IDEMPOTENT).get(0).duplicate());
    }

    @Test
    void aUniqueJobThatDidNotStartInTimeLeavesItsKeyToTheNext() {
        NewJob brief = unique("u").withTtl(Duration.ofSeconds(1));
        String first = q.addOne(brief);
        q.pass(1000);
        assertEquals(first, q.addOne(brief), "it may start still");
        q.pass(1);
        String second = q.addOne(brief);
        assertNotEquals(first, second);
        assertEquals("gone", q.state(first));
        assertEquals(List.of(1L, 1L, 2L),
                List.of(q.counts().waiting(), q.counts().removed(), q.counts().enqueued()));
        assertEquals(List.of(second), q.startedIds(9));
        q.pass(1001);
        assertEquals(second, q.addOne(brief), "it started in time");
    }

    @Test
    void aUniqueJobBehindTheHeadOfItsGroupLeavesTheGroupInOrderWhenItExpires() {
        NewJob brief = unique("u").withGroup("a").withTtl(Duration.ofSeconds(1));
        String head = q.addOne(grouped("a"));
        q.add(brief);
        String third = q.addOne(grouped("a"));
        q.pass(1001);
        String fourth = q.addOne(brief);
        assertEquals(List.of(head, third, fourth), q.queue.list("waiting", 9));
        List<String> started = new ArrayList<>();
        for (List<Job> jobs = q.start(9); !jobs.isEmpty(); jobs = q.start(9)) {
            started.addAll(ids(jobs));
            jobs.forEach(q::complete);
        }
        assertEquals(List.of(head, third, fourth), started);
        assertEquals(List.of(0L, 1L), List.of(q.counts().waiting(), q.counts().removed()));
    }

    @Test
    void theNextOfTheGroupOfAnExpiredHeadIsReady() {
        NewJob brief = unique("u").withGroup("a").withTtl(Duration.ofSeconds(1));
        q.add(brief);
        List<String> behind = q.add(grouped("a"));
        q.pass(1001);
        q.add(unique("u"));
        assertEquals(behind, q.startedIds(1));
    }

    @Test
    void anOccurrenceOfAScheduleIsEnqueuedOnce() {
        long at = q.queue.now() - 5;
        q.queue.schedule("s", at);
        assertEquals(List.of(), q.queue.fire("s", at - 1, at + 1000, PLAIN));
        List<EnqueuedJob> fired = q.queue.fire("s", at, at + 1000, PLAIN);
        assertEquals("s", q.peek(fired.get(0).id()).schedule());
        assertEquals(List.of(), q.queue.fire("s", at, at + 1000, PLAIN), "another replica did");
        assertEquals(995, q.queue.sweep(1).schedulesInMs());
        q.pass(1000);
        assertEquals(0, q.queue.sweep(1).schedulesInMs());
        assertEquals(1, q.queue.fire("s", at + 1000, -1, PLAIN).size());
        assertEquals(-1, q.queue.sweep(1).schedulesInMs(), "it was the last one");
        assertEquals(List.of(), q.queue.fire("s", at + 1000, at + 2000, PLAIN));
        assertEquals(2, q.counts().waiting());
    }
}
