package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.grouped;
import static dev.millrace.queue.ExampleQueue.unique;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.Backoff;
import dev.millrace.queue.model.Backoff.Type;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.CancelOutcome;
import dev.millrace.queue.store.RetryOutcome;

/** When a job that failed or whose lease expired runs again, and when it is dead. */
class QueueRetryExamplesTest {

    private final ExampleQueue q = new ExampleQueue(SETTINGS);

    private static Backoff backoff(Type type, long delayMs, long maxMs, double jitter) {
        return new Backoff(type, Duration.ofMillis(delayMs), Duration.ofMillis(maxMs), jitter);
    }

    /** ms until a delayed job is due. */
    private long dueIn(String id) {
        return Instant.parse(q.peek(id).dueAt()).toEpochMilli() - q.queue.now();
    }

    private List<Long> waits(Backoff backoff, int failures) {
        q.add(PLAIN.withRetries(failures + 1, backoff));
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < failures; i++) {
            Job job = q.startOne();
            assertEquals(JobStatus.RETRYING, q.fail(job, null));
            waits.add(dueIn(job.id()));
            q.pass(waits.get(i));
        }
        return waits;
    }

    @Test
    void anExponentialBackoffDoublesUpToItsMaximum() {
        assertEquals(List.of(1000L, 2000L, 4000L, 5000L, 5000L), waits(backoff(Type.EXPONENTIAL, 1000, 5000, 0), 5));
    }

    @Test
    void aFixedBackoffStaysAsItIs() {
        assertEquals(List.of(1500L, 1500L, 1500L), waits(backoff(Type.FIXED, 1500, 5000, 0), 3));
    }

    @Test
    void theQueuesBackoffCountsForJobsWithoutTheirOwn() {
        QueueSettings slow = SETTINGS.withRetries(3, backoff(Type.FIXED, 7000, 7000, 0));
        String id = q.addOne(PLAIN);
        Job job = q.startOne();
        q.with(slow).fail(List.of(JobFailure.retry(id, job.leaseToken(), "E", null)), 0);
        assertEquals(7000, dueIn(id));
    }

    @Test
    void jitterShortensTheWaitByItsShareOfTheRandomNumber() {
        q.add(PLAIN.withRetries(9, backoff(Type.FIXED, 1000, 1000, 0.5)));
        Job job = q.startOne();
        q.fail(job, null, 0.5);
        assertEquals(750, dueIn(job.id()));
    }

    @Test
    void aReportedDelayReplacesTheBackoff() {
        String id = q.addOne(PLAIN);
        q.fail(q.startOne(), 1L);
        assertEquals("delayed", q.state(id));
        assertEquals(1, dueIn(id));
    }

    @Test
    void aJobThatIsRetriedAtOnceGoesBeforeTheOthers() {
        List<String> ids = q.add(PLAIN, PLAIN);
        q.fail(q.startOne(), 0L);
        assertEquals("waiting", q.state(ids.get(0)));
        assertEquals(2, q.counts().waiting());
        assertEquals(ids, q.startedIds(2));
    }

    @Test
    void aJobIsDeadAfterItsLastAttempt() {
        q.add(PLAIN);
        assertEquals(List.of(JobStatus.RETRYING, JobStatus.RETRYING, JobStatus.DEAD), failUntilDead(3));
        q.add(PLAIN.withRetries(1, null));
        assertEquals(List.of(JobStatus.DEAD), failUntilDead(1));
        q.add(PLAIN.withRetries(4, null));
        assertEquals(List.of(JobStatus.RETRYING, JobStatus.RETRYING, JobStatus.RETRYING, JobStatus.DEAD),
                failUntilDead(4));
    }

    private List<JobStatus> failUntilDead(int attempts) {
        List<JobStatus> statuses = new ArrayList<>();
        for (int i = 0; i < attempts; i++) {
            Job job = q.startOne();
            assertEquals(i + 1, job.attempt());
            statuses.add(q.fail(job, 0L));
        }
        return statuses;
    }

    @Test
    void aDeadJobShowsItsAttemptsAndItsLastError() {
        String id = q.addOne(PLAIN);
        q.bury(q.startOne());
        Job dead = q.peek(id);
        assertEquals(List.of("dead", 1, "E"), List.of(dead.state(), dead.attempt(), dead.error()));
        assertEquals(q.queue.now(), Instant.parse(dead.finishedAt()).toEpochMilli());
    }

    @Test
    void aPostponementCostsNoAttempt() {
        QueueSettings once = SETTINGS.withRetries(1, Backoff.DEFAULT);
        String id = q.addOne(PLAIN);
        for (int i = 0; i < 3; i++) {
            Job job = q.startOne();
            assertEquals(1, job.attempt());
            assertEquals(List.of(JobStatus.RETRYING), q.with(once).fail(
                    List.of(JobFailure.postponed(id, job.leaseToken(), "busy", Duration.ZERO)), 0));
        }
    }

    @Test
    void eachFailureOfACallIsTakenForItself() {
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN, PLAIN);
        List<Job> jobs = q.start(4);
        q.queue.cancel(ids.get(2));
        List<JobFailure> failures = List.of(
                JobFailure.retry(ids.get(0), jobs.get(0).leaseToken(), "first", Duration.ofMillis(3000)),
                JobFailure.dead(ids.get(1), jobs.get(1).leaseToken(), "second"),
                JobFailure.retry(ids.get(2), jobs.get(2).leaseToken(), "third", null),
                JobFailure.retry(ids.get(3), ids.get(3) + ".2", "late", null),
                JobFailure.retry("7", "7.1", "unknown", null));

        assertEquals(
                List.of(JobStatus.RETRYING, JobStatus.DEAD, JobStatus.CANCELLED, JobStatus.STALE, JobStatus.UNKNOWN),
                q.queue.fail(failures, 0));

        assertEquals(List.of("delayed", "dead", "gone", "active"), q.states(ids));
        assertEquals(List.of("first", "second"), List.of(q.peek(ids.get(0)).error(), q.peek(ids.get(1)).error()));
        assertEquals(3000, dueIn(ids.get(0)));
        QueueCounts counts = q.counts();
        assertEquals(List.of(0L, 1L, 1L, 1L, 1L),
                List.of(counts.waiting(), counts.delayed(), counts.active(), counts.dead(), counts.removed()));
    }

    @Test
    void aJobSurvivesAsManyExpiredLeasesAsTheQueueAllows() {
        QueueSettings two = SETTINGS.withLease(5000, 2);
        ExampleQueue queue = new ExampleQueue(two);
        List<String> ids = queue.add(PLAIN, PLAIN);
        for (int stalls = 1; stalls <= 2; stalls++) {
            assertEquals(ids, queue.startedIds(2), "in the same order");
            queue.pass(5000);
            assertEquals(List.of(), queue.startedIds(2), "a lease holds up to the end of its last ms");
            queue.pass(1);
            assertEquals(2, queue.counts().waiting());
            assertEquals(stalls, queue.peek(ids.get(0)).stalls());
        }
        queue.start(2);
        queue.pass(5001);
        assertEquals(2, queue.counts().dead());
        assertEquals("The lease expired 3 times without an outcome", queue.peek(ids.get(0)).error());
        assertEquals(3, queue.peek(ids.get(1)).stalls());
    }

    @Test
    void aJobWhoseCancelIsRequestedIsRemovedWhenItsLeaseExpires() {
        String id = q.addOne(PLAIN);
        q.start(1);
        q.queue.cancel(id);
        q.pass(5001);
        assertEquals(List.of(0L, 1L), List.of(q.counts().dead(), q.counts().removed()));
    }

    @Test
    void aRetriedDeadJobHasAllItsAttemptsBeforeIt() {
        String id = q.addOne(PLAIN);
        q.bury(q.startOne());
        assertEquals(RetryOutcome.OK, q.queue.retry(id));
        assertEquals(List.of(1L, 0L), List.of(q.counts().waiting(), q.counts().dead()));
        Job again = q.startOne();
        assertEquals(1, again.attempt());
        assertTrue(again.leaseToken().endsWith(".2"), "but a lease of its own");
    }

    @Test
    void aRetriedDelayedJobIsReadyWithoutDelay() {
        List<String> ids = q.add(delayed(60_000), delayed(60_000));
        assertEquals(RetryOutcome.OK, q.queue.retry(ids.get(1)));
        assertEquals(List.of("delayed", "waiting"), q.states(ids));
        assertEquals(List.of(1L, 1L), List.of(q.counts().waiting(), q.counts().delayed()));
        assertEquals(ids.subList(1, 2), q.startedIds(2));
    }

    @Test
    void aRetriedDelayedJobWaitsForTheHeadOfItsGroup() {
        List<String> ids = q.add(grouped("a"), delayed(60_000).withGroup("a"));
        q.queue.retry(ids.get(1));
        assertEquals(ids.subList(0, 1), q.startedIds(2));
    }

    @Test
    void whatIsNeitherDeadNorDelayedIsNotRetried() {
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN);
        List<Job> jobs = q.start(2);
        q.complete(jobs.get(0));
        assertEquals(List.of(RetryOutcome.COMPLETED, RetryOutcome.ACTIVE, RetryOutcome.WAITING, RetryOutcome.GONE),
                List.of(q.queue.retry(ids.get(0)), q.queue.retry(ids.get(1)), q.queue.retry(ids.get(2)),
                        q.queue.retry("7")));
        assertEquals(List.of("completed", "active", "waiting"), q.states(ids));
    }

    @Test
    void aDeadJobWhoseUniqueKeyAnotherHasStaysDead() {
        String first = q.addOne(unique("u"));
        q.bury(q.startOne());
        String second = q.addOne(unique("u"));
        assertEquals(RetryOutcome.TAKEN, q.queue.retry(first));
        assertEquals("dead", q.state(first));
        q.queue.cancel(second);
        assertEquals(RetryOutcome.OK, q.queue.retry(first));
        assertEquals(first, q.addOne(unique("u")), "it has the key again");
    }

    @Test
    void aRedriveRetriesTheDeadInTheOrderTheyDiedButThoseWhoseKeyIsTaken() {
        List<String> ids = q.add(PLAIN, unique("u"), PLAIN);
        for (Job job : q.start(3)) {
            q.bury(job);
            q.pass(1);
        }
        q.add(unique("u"));
        assertEquals(2, q.queue.redrive(1));
        assertEquals(List.of("waiting", "dead", "waiting"), q.states(ids));
        q.start(1);
        assertEquals(List.of(ids.get(0), ids.get(2)), q.startedIds(9));
    }

    @Test
    void aRedriveLeavesWhatDiesMeanwhile() {
        q.add(PLAIN, PLAIN);
        q.start(2).forEach(q::bury);
        // Were it not for the time at which it began, it would not end.
        assertEquals(2, q.queue.redrive(1, () -> {
            q.pass(1);
            q.bury(q.startOne());
        }));
    }

    @Test
    void aCancelledDeadJobIsGone() {
        List<String> ids = q.add(PLAIN, PLAIN);
        q.bury(q.startOne());
        assertEquals(CancelOutcome.REMOVED, q.queue.cancel(ids.get(0)));
        assertEquals(List.of(0L, 1L, 1L), List.of(q.counts().dead(), q.counts().removed(), q.counts().waiting()));
        assertNull(q.peek(ids.get(0)));
    }
}
