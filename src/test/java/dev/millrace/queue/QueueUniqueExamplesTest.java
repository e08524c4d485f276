package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.grouped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.Debounce;
import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.OnDuplicate;
import dev.millrace.queue.model.UniqueUntil;

/** What becomes of a job whose unique key another has, by what it asks for and by where the other one is: the table in docs/queues.md. */
class QueueUniqueExamplesTest {

    private Job last;
    private final ExampleQueue q = new ExampleQueue(SETTINGS.withLease(5000, 0));

    private static NewJob job(int data) {
        return NewJob.of("t" + data, new JsonValue(Integer.toString(data))).withKeys("k", null);
    }

    private static NewJob on(OnDuplicate duplicate, int data) {
        return job(data).withDuplicates(null, duplicate, null, null);
    }

    private static NewJob replace(int data) {
        return on(OnDuplicate.REPLACE, data);
    }

    private static NewJob rerun(int data) {
        return on(OnDuplicate.RERUN, data);
    }

    private static NewJob debounce(int data, long window, Long maxWait) {
        return job(data).withDuplicates(null, null,
                new Debounce(Duration.ofMillis(window), maxWait == null ? null : Duration.ofMillis(maxWait)), null);
    }

    private static NewJob throttle(int data, long window) {
        return job(data).withDuplicates(null, null, null, Duration.ofMillis(window));
    }

    private EnqueuedJob enqueue(NewJob job) {
        return q.queue.enqueue(List.of(job)).get(0);
    }

    /** Requires that a job is a duplicate of that one. */
    private void duplicate(String id, String state, NewJob job) {
        assertEquals(new EnqueuedJob(id, state, true), enqueue(job));
    }

    private String data(Job job) {
        return job.type() + ' ' + job.data().text();
    }

    private long dueInMs(String id) {
        return Instant.parse(q.peek(id).dueAt()).toEpochMilli() - q.queue.now();
    }

    private long enqueued() {
        return StoredQueue.of(q.redis).stat("enqueued");
    }

    @Test
    void keepChangesNothing() {
        String id = q.addOne(job(1));
        duplicate(id, "waiting", on(OnDuplicate.KEEP, 2));
        Job started = q.startOne();
        assertEquals("t1 1", data(started));
        duplicate(id, "active", job(3));
        q.complete(started);
        assertEquals(List.of(), q.start(9));
    }

    @Test
    void replaceTakesTheNewestDataInTheOldPlace() {
        String id = q.addOne(replace(1).withPriority(3).withRetries(1, null));
        String other = q.addOne(NewJob.of("other", null).withPriority(3));
        duplicate(id, "waiting", replace(2).withPriority(-9).withDelay(Duration.ofHours(1)).withRetries(7, null));
        List<Job> jobs = q.start(9);
        assertEquals(List.of(id, other), ExampleQueue.ids(jobs));
        assertEquals("t2 2", data(jobs.get(0)));
        assertEquals(List.of(3, 7), List.of(jobs.get(0).priority(), jobs.get(0).maxAttempts()));
        duplicate(id, "active", replace(3));
        q.fail(jobs.get(0), 60_000L);
        assertEquals("t2 2", data(q.peek(id)), "an active job does not change");
        duplicate(id, "delayed", replace(4));
        assertEquals(60_000, dueInMs(id));
        assertEquals("t4 4", data(q.peek(id)), "it is what is retried");
    }

    @Test
    void replaceWorksForADelayedJobAndForTheSameKeyTwiceInACall() {
        String delayed = q.addOne(replace(1).withDelay(Duration.ofSeconds(9)));
        duplicate(delayed, "delayed", replace(2));
        assertEquals(9000, dueInMs(delayed));
        NewJob other = NewJob.of("a", null).withKeys("z", null).withDuplicates(null, OnDuplicate.REPLACE, null, null);
        List<EnqueuedJob> both = q.queue.enqueue(List.of(replace(3), other, replace(4),
                NewJob.of("b", null).withKeys("z", null).withDuplicates(null, OnDuplicate.RERUN, null, null)));
        assertEquals(List.of(delayed, both.get(1).id(), delayed, both.get(1).id()),
                both.stream().map(EnqueuedJob::id).toList());
        assertEquals(List.of(true, false, true, true), both.stream().map(EnqueuedJob::duplicate).toList());
        assertEquals("t4 4", data(q.peek(delayed)));
        assertEquals("b", q.startOne().type());
        assertEquals(2, enqueued());
    }

    @Test
    void theNewestDataIsRunOnceMoreWhenTheActiveJobIsCompleted() {
        String start = q.queue.listen();
        String id = q.addOne(rerun(1));
        duplicate(id, "waiting", rerun(2));
        Job first = q.startOne();
        assertEquals("t2 2", data(first), "it had not begun");
        duplicate(id, "active", rerun(3));
        duplicate(id, "active", rerun(4).withPriority(5));
        assertEquals(1, enqueued());
        q.requireWoken(() -> q.complete(first));
        assertEquals(2, enqueued());
        Job second = q.startOne();
        assertNotEquals(id, second.id());
        assertEquals("t4 4", data(second));
        assertEquals(List.of(5, 1), List.of(second.priority(), second.attempt()));
        duplicate(second.id(), "active", rerun(5));
        assertEquals(List.of("job.enqueued 0", "job.replaced 0", "job.active 0", "job.rerun 0", "job.rerun 0",
                "job.completed 0", "job.enqueued 1", "job.active 1", "job.rerun 1"),
                q.told(start, List.of(id, second.id())));
        q.complete(second);
        q.complete(q.startOne());
        assertEquals(List.of(), q.start(9));
        assertEquals(List.of(0L, 3L), List.of(q.counts().waiting(), q.counts().completed()));
        assertFalse(StoredQueue.of(q.redis).keys().containsKey("unique"));
    }

    @Test
    void theNewestDataIsRunAfterEachWayToEnd() {
        Runnable[] ends = {() -> q.bury(last), () -> assertEquals(JobStatus.DEAD, q.fail(last, 0L)), () -> {
            q.queue.cancel(last.id());
            q.fail(last, 0L);
        }, () -> {
            q.queue.cancel(last.id());
            q.queue.release(List.of(last.leaseToken()));
        }, () -> {
            q.pass(5001);
            q.queue.sweep(9);
        }};
        for (int i = 0; i < ends.length; i++) {
            String id = q.addOne(rerun(1).withRetries(1, null));
            last = q.startOne();
            duplicate(id, "active", rerun(2).withRetries(3, null));
            ends[i].run();
            last = q.startOne();
            assertEquals("t2 2", data(last), "by way " + i);
            q.complete(last);
        }
    }

    @Test
    void whatIsPlannedWaitsForRetriesAndTakesWhatIsNewer() {
        String id = q.addOne(rerun(1));
        Job first = q.startOne();
        duplicate(id, "active", rerun(2));
        q.fail(first, 60_000L);
        duplicate(id, "delayed", rerun(3));
        duplicate(id, "delayed", replace(4));
        duplicate(id, "delayed", job(5));
        assertEquals("t1 1", data(q.peek(id)));
        assertEquals(1, enqueued());
        // A cancelled job has ended, too.
        q.requireWoken(() -> q.queue.cancel(id));
        assertEquals("t4 4", data(q.startOne()));
    }

    @Test
    void aDrainRemovesWhatIsPlanned() {
        String id = q.addOne(rerun(1));
        Job first = q.startOne();
        duplicate(id, "active", rerun(2));
        q.fail(first, 60_000L);
        assertEquals(1, q.queue.drain(9, () -> {}));
        assertEquals(List.of(0L, 0L, 1L), List.of(q.counts().waiting(), q.counts().delayed(), q.counts().enqueued()));
        assertFalse(StoredQueue.of(q.redis).keys().containsKey("state"));
    }

    @Test
    void aPlannedJobHasItsOwnDelayGroupAndTtlFromTheEndOn() {
        String id = q.addOne(rerun(1).withGroup("g"));
        String behind = q.addOne(grouped("g"));
        Job first = q.startOne();
        duplicate(id, "active", rerun(2).withGroup("g"));
        q.complete(first);
        Job second = q.startOne();
        assertEquals(behind, second.id());
        q.complete(second);
        Job third = q.startOne();
        assertEquals("t2 2", data(third));
        duplicate(third.id(), "active",
                rerun(3).withDelay(Duration.ofMillis(700)).withTtl(Duration.ofSeconds(1)).withGroup("h"));
        q.pass(100);
        q.requireWoken(() -> q.complete(third));
        assertEquals(List.of(), q.start(9));
        String delayed = q.queue.list("delayed", 9).get(0);
        assertEquals(700, dueInMs(delayed));
        q.pass(700);
        assertEquals("h", q.peek(delayed).group());
        q.pass(1001);
        q.queue.sweep(9);
        assertNull(q.peek(delayed), "it was not started in time");
    }

    @Test
    void aJobThatIsUniqueUntilItStartsFreesItsKeyThen() {
        NewJob first = job(1).withDuplicates(UniqueUntil.STARTED, null, null, null);
        String id = q.addOne(first);
        duplicate(id, "waiting", first);
        Job started = q.startOne();
        EnqueuedJob second = enqueue(first);
        assertFalse(second.duplicate());
        duplicate(second.id(), "waiting", first);
        // It is retried beside the other one, whose key it does not take.
        q.fail(started, 0L);
        assertEquals(List.of(id, second.id()), q.startedIds(9));
        assertFalse(enqueue(first).duplicate());
    }

    @Test
    void aDeadJobThatIsRetriedTakesItsKeyUntilItStartsAgain() {
        NewJob first = job(1).withDuplicates(UniqueUntil.STARTED, null, null, null);
        String id = q.addOne(first);
        q.bury(q.startOne());
        q.queue.retry(id);
        duplicate(id, "waiting", first);
        q.startOne();
        assertFalse(enqueue(first).duplicate());
    }

    @Test
    void debounceRestartsTheDelayWithTheNewestData() {
        EnqueuedJob first = enqueue(debounce(1, 1000, null));
        assertEquals("delayed", first.state());
        q.pass(900);
        duplicate(first.id(), "delayed", debounce(2, 1000, null).withPriority(4));
        assertEquals(1000, dueInMs(first.id()));
        q.pass(900);
        duplicate(first.id(), "delayed", debounce(3, 500, null));
        assertEquals(500, dueInMs(first.id()));
        q.pass(499);
        assertEquals(List.of(), q.start(9));
        q.pass(1);
        Job job = q.startOne();
        assertEquals("t3 3", data(job));
        assertEquals(0, job.priority());
    }

    @Test
    void aSteadyStreamRunsAfterTheLongestWait() {
        String id = enqueue(debounce(0, 1000, 2500L)).id();
        for (int i = 1; i <= 4; i++) {
            q.pass(600);
            duplicate(id, "delayed", debounce(i, 1000, 9000L));
        }
        assertEquals(100, dueInMs(id));
        q.pass(100);
        q.queue.sweep(9);
        duplicate(id, "waiting", debounce(7, 1000, 2500L));
        Job job = q.startOne();
        assertEquals("t7 7", data(job), "it is due, and is not delayed again");
        // While it is active, the next one gathers.
        duplicate(id, "active", debounce(8, 1000, 1500L));
        q.pass(900);
        duplicate(id, "active", debounce(9, 1000, 1500L));
        q.complete(job);
        String next = q.queue.list("delayed", 9).get(0);
        assertEquals(600, dueInMs(next), "by its own longest wait");
        q.pass(500);
        duplicate(next, "delayed", debounce(10, 1000, 1500L));
        assertEquals(100, dueInMs(next));
        q.pass(100);
        assertEquals("t10 10", data(q.startOne()));
    }

    @Test
    void aDebouncedJobThatEndsLateIsFollowedAtOnce() {
        String id = enqueue(debounce(1, 1000, null)).id();
        q.pass(1000);
        Job job = q.startOne();
        duplicate(id, "active", debounce(2, 1000, null));
        q.pass(1500);
        q.complete(job);
        assertEquals("t2 2", data(q.startOne()));
    }

    @Test
    void debounceMovesTheTimeToStartBy() {
        String id = enqueue(debounce(1, 1000, null).withTtl(Duration.ofSeconds(2))).id();
        q.pass(900);
        duplicate(id, "delayed", debounce(2, 1000, null));
        q.pass(3000);
        q.queue.sweep(9);
        assertEquals("waiting", q.state(id));
        q.pass(1);
        q.queue.sweep(9);
        assertEquals("gone", q.state(id));
    }

    @Test
    void debounceLeavesTheBackoffOfARetryAlone() {
        String id = q.addOne(job(1));
        q.fail(q.startOne(), 60_000L);
        duplicate(id, "delayed", debounce(2, 1000, null));
        assertEquals(60_000, dueInMs(id));
        assertEquals("t2 2", data(q.peek(id)));
    }

    @Test
    void aDebounceThatMakesAJobDueSoonerWakesWhoWaits() {
        String id = q.addOne(job(1).withDelay(Duration.ofHours(1)));
        q.requireWoken(() -> duplicate(id, "delayed", debounce(2, 1000, null)));
        q.pass(1000);
        assertEquals("t2 2", data(q.startOne()));
    }

    @Test
    void theFirstJobOfAWindowStands() {
        String id = q.addOne(throttle(1, 1000));
        duplicate(id, "waiting", throttle(2, 5000));
        Job first = q.startOne();
        assertEquals("t1 1", data(first));
        q.complete(first);
        q.pass(1000);
        duplicate(id, "completed", throttle(3, 1000));
        q.pass(1);
        EnqueuedJob next = enqueue(throttle(4, 1000));
        assertFalse(next.duplicate());
        // After the window there may be another, although the first one has not begun.
        q.pass(1001);
        EnqueuedJob third = enqueue(throttle(5, 1000));
        assertFalse(third.duplicate());
        duplicate(third.id(), "waiting", job(6));
        assertEquals(List.of(next.id(), third.id()), q.startedIds(9));
    }

    @Test
    void aRepeatedRequestDoesNotReplaceNewerData() {
        String id = q.addOne(job(1));
        NewJob older = replace(2).withKeys("k", "request-1");
        duplicate(id, "waiting", older);
        duplicate(id, "waiting", replace(3));
        duplicate(id, "waiting", older);
        Job job = q.startOne();
        assertEquals("t3 3", data(job));
        q.complete(job);
        duplicate(id, "completed", older);
        assertTrue(q.start(9).isEmpty());
    }

    @Test
    void aRemovedQueueForgetsWhatIsPlanned() {
        String id = q.addOne(rerun(1));
        q.startOne();
        duplicate(id, "active", rerun(2));
        q.queue.remove(9);
        assertEquals(0, StoredQueue.of(q.redis).keys().size());
    }
}
