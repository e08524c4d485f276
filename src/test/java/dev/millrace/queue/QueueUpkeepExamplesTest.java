package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.grouped;
import static dev.millrace.queue.ExampleQueue.many;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.store.CancelOutcome;

/** How jobs end, what is kept of them and for how long, and what is left of a queue that is removed. */
class QueueUpkeepExamplesTest {

    private final ExampleQueue q = new ExampleQueue(SETTINGS);

    private List<JobStatus> complete(JobResult... results) {
        return q.queue.complete(List.of(results));
    }

    private static JobResult result(Job job, String text) {
        return new JobResult(job.id(), job.leaseToken(), text == null ? null : new JsonValue(text));
    }

    private List<Long> counts() {
        QueueCounts c = q.counts();
        return List.of(c.waiting(), c.delayed(), c.active(), c.dead(), c.completed(), c.removed(), c.enqueued(),
                c.kept());
    }

    @Test
    void eachReportOfACompletionIsTakenForItself() {
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN);
        List<Job> jobs = q.start(2);
        JobResult first = result(jobs.get(0), "1");
        assertEquals(
                List.of(JobStatus.COMPLETED, JobStatus.STALE, JobStatus.STALE, JobStatus.COMPLETED, JobStatus.STALE,
                        JobStatus.UNKNOWN),
                complete(first, new JobResult(ids.get(2), ids.get(2) + ".1", null), first, result(jobs.get(1), null),
                        new JobResult(ids.get(1), ids.get(1) + ".2", null), new JobResult("7", "7.1", null)));
        assertEquals(List.of("completed", "completed", "waiting"), q.states(ids));
        assertEquals("1", q.peek(ids.get(0)).result().text());
        assertEquals(List.of(1L, 0L, 0L, 0L, 2L, 0L, 3L, 2L), counts());
    }

    @Test
    void jobsThatEndInTheSameMsKeepTheirOrder() {
        List<String> ids = q.add(many(6, PLAIN));
        List<Job> jobs = q.start(6);
        complete(result(jobs.get(3), null), result(jobs.get(1), null));
        complete(result(jobs.get(2), null));
        q.bury(jobs.get(5));
        q.bury(jobs.get(0));
        q.bury(jobs.get(4));
        assertEquals(List.of(ids.get(2), ids.get(1), ids.get(3)), q.queue.list("completed", 2), "newest first");
        assertEquals(List.of(ids.get(4), ids.get(0), ids.get(5)), q.queue.list("dead", 9));
        assertEquals(q.peek(ids.get(5)).finishedAt(), q.peek(ids.get(4)).finishedAt());
        q.pass(59_999);
        q.counts();
        assertEquals(3, q.queue.list("completed", 9).size());
        q.pass(1);
        q.counts();
        assertEquals(List.of(), q.queue.list("completed", 9), "kept for a minute, to the ms");
        q.pass(5);
        List<String> more = q.add(PLAIN, PLAIN);
        q.start(2);
        q.pass(5001);
        q.counts();
        assertEquals(List.of(more.get(1), more.get(0)), q.queue.list("dead", 9), "the lease that ended last");
    }

    @Test
    void plainCompletionsOfACallAreTakenEachForItselfToo() {
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN);
        List<Job> jobs = q.start(2);
        assertEquals(List.of(JobStatus.COMPLETED, JobStatus.COMPLETED),
                complete(result(jobs.get(0), null), result(jobs.get(1), null)));
        assertEquals(List.of(JobStatus.STALE), complete(new JobResult(ids.get(2), ids.get(2) + ".1", null)));
        assertEquals(List.of(JobStatus.STALE), complete(result(jobs.get(0), null)), "it is completed already");
        q.start(1);
        q.pass(5001);
        q.with(SETTINGS.withLease(5000, 9)).sweep(9);
        q.start(1);
        assertEquals(List.of(JobStatus.STALE), complete(new JobResult(ids.get(2), ids.get(2) + ".1", null)),
                "an earlier delivery");
        assertEquals(List.of(JobStatus.COMPLETED), complete(new JobResult(ids.get(2), ids.get(2) + ".2", null)));
    }

    @Test
    void whereCompletedJobsAreNotKeptNothingOfThemIs() {
        ExampleQueue none = new ExampleQueue(SETTINGS.withRetention(0, 60_000));
        String id = none.addOne(PLAIN.withGroup("a"));
        Job job = none.startOne();
        none.queue.extend(List.of(new LeaseExtension(id, job.leaseToken(), null, new JsonValue("1"))));
        none.fail(job, 0L);
        assertEquals(List.of(JobStatus.COMPLETED), none.queue.complete(List.of(result(none.startOne(), "2"))));
        assertEquals("gone", none.state(id));
        assertEquals(Set.of("levels", "meta", "stats"), StoredQueue.of(none.redis).keys().keySet());
    }

    @Test
    void completedJobsMayBeKeptForAMillisecond() {
        ExampleQueue brief = new ExampleQueue(SETTINGS.withRetention(1, 60_000));
        String id = brief.addOne(PLAIN);
        brief.queue.complete(List.of(result(brief.startOne(), "2")));
        assertEquals(1, brief.counts().kept());
        assertEquals("2", brief.peek(id).result().text());
        brief.pass(1);
        assertEquals(0, brief.counts().kept());
        assertEquals("gone", brief.state(id));
    }

    @Test
    void endedJobsAreKeptForTheirRetention() {
        List<String> ids = q.add(PLAIN, PLAIN);
        List<Job> jobs = q.start(2);
        complete(result(jobs.get(0), "1"));
        q.bury(jobs.get(1));
        q.pass(59_999);
        assertEquals(List.of(0L, 0L, 0L, 1L, 1L, 0L, 2L, 1L), counts());
        assertEquals(List.of("completed", "dead"), q.states(ids));
        q.pass(1);
        assertEquals(List.of(0L, 0L, 0L, 0L, 1L, 1L, 2L, 0L), counts());
        assertEquals(Set.of("levels", "meta", "stats"), StoredQueue.of(q.redis).keys().keySet());
    }

    @Test
    void aSweepSaysWhetherThereIsMore() {
        q.add(delayed(5), delayed(5), delayed(5));
        q.pass(5);
        assertTrue(q.queue.sweep(2).more());
        assertFalse(q.queue.sweep(2).more());
        assertEquals(3, q.start(3).size());
        q.pass(5001);
        assertTrue(q.queue.sweep(3).more(), "it cannot know that these were all");
        assertFalse(q.queue.sweep(3).more());
        q.pass(60_000);
        assertTrue(q.queue.sweep(1).more());
        assertEquals(2, q.queue.sweep(1).snapshot().counts().removed());
    }

    @Test
    void aQueueThatNobodyUsesHasNoJobs() {
        assertEquals(new QueueCounts(0, 0, 0, 0, 0, 0, 0, 0), q.counts());
    }

    @Test
    void aSweepShowsWhetherTheQueueIsPaused() {
        assertEquals(null, q.queue.sweep(1).snapshot().pausedReason());
        q.queue.pause("api");
        assertEquals("api", q.queue.sweep(1).snapshot().pausedReason());
    }

    @Test
    void aCancelledJobIsRemovedWhereverItIs() {
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN, delayed(9000), grouped("a"), grouped("a"), grouped("a"));
        List<Job> jobs = q.start(2);
        complete(result(jobs.get(0), "1"));
        q.bury(jobs.get(1));
        for (int i : List.of(0, 1, 2, 3, 5)) {
            assertEquals(CancelOutcome.REMOVED, q.queue.cancel(ids.get(i)));
            assertEquals(CancelOutcome.UNKNOWN, q.queue.cancel(ids.get(i)));
        }
        assertEquals(List.of(2L, 0L, 0L, 0L, 1L, 4L, 7L, 0L), counts());
        assertEquals(List.of(ids.get(4), ids.get(6)), q.queue.list("waiting", 9).stream().filter(
                id -> !id.equals(ids.get(2))).toList(), "the one in the middle of the group is gone");
        Job head = q.startOne();
        assertEquals(CancelOutcome.REQUESTED, q.queue.cancel(head.id()));
        assertEquals(CancelOutcome.REQUESTED, q.queue.cancel(head.id()));
        assertEquals(true, q.peek(head.id()).cancelRequested());
        assertEquals(List.of(), q.startedIds(9));
        q.bury(head);
        assertEquals(ids.subList(6, 7), q.startedIds(9));
    }

    @Test
    void aCancelledHeadMakesTheNextOfItsGroupReady() {
        List<String> ids = q.add(grouped("a"), grouped("a").withPriority(7), PLAIN);
        q.queue.cancel(ids.get(0));
        assertEquals(ids.subList(1, 3), q.startedIds(9));
    }

    /** One of each kind, in every state; how many calls it takes does not matter to what is left. */
    @Test
    void nothingIsLeftOfAQueueThatIsRemoved() {
        for (int most : List.of(1, 2, 3, 7, 1000)) {
            ExampleQueue all = new ExampleQueue(SETTINGS);
            all.queue.listen();
            all.add(many(6, PLAIN.withKeys("u", null)));
            all.add(grouped("a"), PLAIN, PLAIN, PLAIN, PLAIN);
            List<Job> jobs = all.start(6);
            all.complete(jobs.get(0));
            all.queue.complete(List.of(result(jobs.get(1), "1")));
            all.bury(jobs.get(2));
            all.fail(jobs.get(3), 9000L);
            all.queue.extend(List.of(new LeaseExtension(jobs.get(4).id(), jobs.get(4).leaseToken(), null,
                    new JsonValue("1"))));
            all.add(PLAIN.withPriority(3), PLAIN, PLAIN, delayed(5000), grouped("a"), grouped("a"), grouped("b"),
                    grouped("b"));
            all.queue.schedule("s", all.queue.now());
            int calls = all.queue.remove(most);
            assertEquals(Map.of(), StoredQueue.of(all.redis).keys(), () -> "by " + most);
            assertTrue(most > 1 || calls > 13, "a bounded number of them in each call");
        }
    }

    /** So many that one look does not find them all. */
    @Test
    void aQueueWithManyGroupsIsRemovedWhole() {
        NewJob[] heads = IntStream.range(0, 700).mapToObj(i -> grouped("g" + i)).toArray(NewJob[]::new);
        for (int inEach : List.of(1, 2)) {
            for (int i = 0; i < inEach; i++) {
                q.add(heads);
            }
            q.queue.remove(1000);
            assertEquals(Map.of(), StoredQueue.of(q.redis).keys());
        }
        assertEquals(0, q.counts().enqueued());
    }

    @Test
    void aTenantHasNoMoreQueuesThanItMay() {
        assertTrue(q.queue.register("a", 2));
        assertTrue(q.queue.register("b", 2));
        assertFalse(q.queue.register("c", 2));
        assertTrue(q.queue.register("a", 2), "it has this one");
        assertEquals(new TreeSet<>(List.of("a", "b")), new TreeSet<>(q.queue.names()));
    }
}
