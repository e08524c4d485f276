package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.grouped;
import static dev.millrace.queue.ExampleQueue.ids;
import static dev.millrace.queue.ExampleQueue.many;
import static dev.millrace.queue.ExampleQueue.withTtl;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.VirtualQueue.Handed;

/** Which jobs a worker gets, in what order, how many, and for how long. */
class QueueReserveExamplesTest {

    private ExampleQueue q = new ExampleQueue(SETTINGS);

    private void limit(int concurrency, int rate, long windowMs) {
        q = new ExampleQueue(SETTINGS.withLimits(concurrency, rate, windowMs));
    }

    private Handed ask(int most) {
        return q.queue.reserve(List.of(new Reservation(most, 0)), true);
    }

    private long leaseMs(Job job) {
        return Instant.parse(job.leaseExpiresAt()).toEpochMilli() - q.queue.now();
    }

    @Test
    void higherPrioritiesGoFirstAndEqualOnesInTheirOrder() {
        List<String> ids = q.add(PLAIN, PLAIN.withPriority(5), PLAIN.withPriority(-5), PLAIN.withPriority(10), PLAIN,
                PLAIN.withPriority(5));
        assertEquals(Stream.of(3, 1, 5, 0, 4, 2).map(ids::get).toList(), q.startedIds(9));
    }

    @Test
    void manyJobsComeInTheirOrder() {
        List<String> ids = q.add(many(60, PLAIN));
        assertEquals(ids.subList(0, 55), q.startedIds(55));
        assertEquals(ids.subList(55, 60), q.startedIds(55));
        assertEquals(List.of(0L, 60L), List.of(q.counts().waiting(), q.counts().active()));
    }

    @Test
    void noMoreJobsAreActiveThanTheConcurrencyAllows() {
        limit(2, 0, 0);
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN, PLAIN);
        List<Job> jobs = q.start(9);
        assertEquals(ids.subList(0, 2), ids(jobs));
        assertEquals(List.of(), q.startedIds(9));
        q.complete(jobs.get(1));
        assertEquals(ids.subList(2, 3), q.startedIds(9));
    }

    @Test
    void noMoreJobsAreHandedOutThanTheRateAllows() {
        limit(0, 2, 1000);
        List<String> ids = q.add(many(9, PLAIN));
        assertEquals(ids.subList(0, 2), q.startedIds(9), "the whole window's at once");
        assertEquals(q.queue.now() + 500, ask(1).next());
        q.pass(499);
        assertEquals(List.of(), q.startedIds(9));
        q.pass(1);
        assertEquals(ids.subList(2, 3), q.startedIds(9));
        q.pass(100_000);
        assertEquals(2, q.startedIds(9).size(), "what was not used does not add up");
    }

    @Test
    void aRateMayBeUsedInPartsAndMayBeOfManyJobsAMillisecond() {
        limit(0, 3, 2000);
        q.add(many(9, PLAIN));
        assertEquals(1, q.start(1).size());
        assertEquals(2, q.start(9).size(), "two thirds of a window are no whole number of ms");
        limit(0, 10, 5);
        q.add(many(20, PLAIN));
        assertEquals(10, q.start(20).size());
        q.pass(1);
        assertEquals(2, q.start(20).size());
    }

    @Test
    void aWorkerThatGetsAllThatTheRateAllowsLearnsWhenItAllowsMore() {
        limit(0, 1, 1000);
        q.add(PLAIN, PLAIN);
        Handed handed = ask(2);
        assertEquals(1, handed.jobs().size());
        assertEquals(q.queue.now() + 1000, handed.next());
    }

    @Test
    void aRateThatIsNotUsedUpDoesNotDelay() {
        limit(0, 3, 1000);
        q.add(PLAIN);
        assertEquals(q.queue.now() + 5001, ask(2).next(), "the end of the lease");
    }

    @Test
    void aPausedQueueWithARateDoesNotUseItUp() {
        limit(0, 1, 1000);
        q.add(PLAIN, PLAIN);
        q.queue.pause("api");
        assertEquals(0, ask(1).next());
        q.queue.pause("");
        assertEquals(1, q.startedIds(1).size());
        q.queue.pause("api");
        assertEquals(q.queue.now() + 5001, ask(1).next(), "the rate is not what it waits for");
    }

    @Test
    void eachRequestHasItsOwnLeaseElseTheJobsElseTheQueues() {
        NewJob own = PLAIN.withLease(Duration.ofSeconds(3));
        q.add(PLAIN, own, PLAIN, own, PLAIN);
        List<Job> jobs = q.queue
                .reserve(List.of(new Reservation(2, 1000), new Reservation(2, 0), new Reservation(1, 2000)), false)
                .jobs();
        assertEquals(List.of(1000L, 1000L, 5000L, 3000L, 2000L), jobs.stream().map(this::leaseMs).toList());
        assertEquals(List.of(1000L, 1000L, 5000L, 3000L, 2000L),
                jobs.stream().map(job -> leaseMs(q.peek(job.id()))).toList());
    }

    @Test
    void eachRequestGetsWhatIsLeftByThoseBefore() {
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN);
        List<Job> jobs = q.queue.reserve(List.of(new Reservation(2, 0), new Reservation(2, 0)), false).jobs();
        assertEquals(ids, ids(jobs));
        assertEquals(List.of(ids.get(0) + ".1", ids.get(1) + ".1", ids.get(2) + ".1"),
                jobs.stream().map(Job::leaseToken).toList());
    }

    @Test
    void anExtendedLeaseIsAsLongAsTheWorkerAsksElseAsTheJobsElseAsTheQueues() {
        q.add(PLAIN.withLease(Duration.ofSeconds(3)), PLAIN, PLAIN);
        List<Job> jobs = q.start(3);
        q.pass(1000);
        List<ExtendedLease> extended = q.queue.extend(List.of(
                new LeaseExtension(jobs.get(0).id(), jobs.get(0).leaseToken(), null, null),
                new LeaseExtension(jobs.get(1).id(), jobs.get(1).leaseToken(), null, null),
                new LeaseExtension(jobs.get(2).id(), jobs.get(2).leaseToken(), Duration.ofSeconds(9), null)));
        long now = q.queue.now();
        assertEquals(List.of(now + 3000, now + 5000, now + 9000),
                extended.stream().map(ExtendedLease::leaseEndsMs).toList());
        assertEquals(List.of(3000L, 5000L, 9000L), jobs.stream().map(job -> leaseMs(q.peek(job.id()))).toList());
    }

    @Test
    void anExtensionAnswersForEachJob() {
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN);
        List<Job> jobs = q.start(2);
        q.queue.cancel(ids.get(0));
        List<ExtendedLease> extended = q.queue.extend(List.of(
                new LeaseExtension(ids.get(0), jobs.get(0).leaseToken(), null, new JsonValue("1")),
                new LeaseExtension(ids.get(1), jobs.get(1).leaseToken(), null, new JsonValue("2")),
                new LeaseExtension(ids.get(1), ids.get(1) + ".2", null, new JsonValue("3")),
                new LeaseExtension(ids.get(2), ids.get(2) + ".1", null, new JsonValue("4")),
                new LeaseExtension("7", "7.1", null, null)));
        long ends = q.queue.now() + 5000;
        assertEquals(List.of(new ExtendedLease(JobStatus.EXTENDED, ends, true),
                new ExtendedLease(JobStatus.EXTENDED, ends, false), new ExtendedLease(JobStatus.STALE, 0, false),
                new ExtendedLease(JobStatus.STALE, 0, false), new ExtendedLease(JobStatus.UNKNOWN, 0, false)),
                extended);
        assertEquals(List.of("1", "2"), ids.subList(0, 2).stream().map(id -> q.peek(id).progress().text()).toList());
        assertEquals("waiting", q.state(ids.get(2)));
        q.complete(jobs.get(1));
        assertEquals("completed", q.state(ids.get(1)));
    }

    @Test
    void aJobThatDidNotStartInTimeIsRemovedInsteadOfHandedOut() {
        List<String> ids = q.add(withTtl(1000), withTtl(1001), PLAIN);
        q.pass(1001);
        assertEquals(ids.subList(1, 3), q.startedIds(9), "up to the last ms");
        assertEquals(List.of(0L, 1L), List.of(q.counts().waiting(), q.counts().removed()));
    }

    @Test
    void theTimeToStartCountsFromWhenTheJobIsDue() {
        q.add(withTtl(1000).withDelay(Duration.ofSeconds(5)));
        q.pass(6000);
        assertEquals(1, q.startedIds(1).size());
    }

    @Test
    void aJobThatStartedInTimeIsRetriedWheneverThatIs() {
        q.add(withTtl(1000));
        q.fail(q.startOne(), 60_000L);
        q.pass(60_000);
        assertEquals(1, q.startedIds(1).size());
    }

    @Test
    void theNextOfTheGroupOfAnExpiredHeadGoesFirstIfItsPriorityIsHigherAndTheRestStaysInOrder() {
        List<String> ids = q.add(withTtl(1000).withGroup("a"), PLAIN, PLAIN, PLAIN, grouped("a").withPriority(5));
        q.pass(1001);
        assertEquals(Stream.of(4, 1, 2, 3).map(ids::get).toList(), q.startedIds(9));
    }

    @Test
    void removedJobsDoNotKeepACallFromThoseBehindThem() {
        List<String> removed = q.add(many(600, PLAIN));
        removed.forEach(q.queue::cancel);
        String id = q.addOne(PLAIN);
        assertEquals(List.of(id), q.startedIds(1));
    }

    /** So that no call takes long. */
    @Test
    void aCallSkipsAThousandJobsAtMost() {
        q.add(many(1000, withTtl(1000)));
        q.add(many(50, withTtl(1000)));
        q.pass(1001);
        String last = q.addOne(PLAIN);
        assertEquals(-1, ask(1).next(), "there may be more at once");
        assertEquals(1000, StoredQueue.of(q.redis).stat("removed"));
        assertEquals(List.of(last), q.startedIds(1));
    }

    @Test
    void aCallTakesBackAHundredJobsAndMakesTwoHundredReady() {
        q = new ExampleQueue(SETTINGS.withLease(5000, 9));
        q.add(many(101, PLAIN));
        q.start(200);
        q.pass(5001);
        assertEquals(100, q.start(300).size());
        q.add(many(201, delayed(1000)));
        q.pass(1000);
        Handed handed = ask(300);
        assertEquals(201, handed.jobs().size(), "200 that were due, and one whose lease had expired");
        assertEquals(-1, handed.next(), "there are more at once");
        assertEquals(1, ask(300).jobs().size());
    }

    @Test
    void aCallThatHandsOutOneMegabyteSaysThatThereAreMore() {
        NewJob large = NewJob.of("t", new JsonValue('"' + "x".repeat(256 * 1024 - 2) + '"'));
        q.add(many(6, large));
        Handed handed = ask(100);
        assertEquals(5, handed.jobs().size());
        assertEquals(-1, handed.next());
        assertEquals(q.queue.now() + 5001, ask(100).next(), "the last one alone is no more than that");
    }

    @Test
    void aCallThatHandsOutOneMegabyteAndAllThatTheConcurrencyAllowsWaitsForALease() {
        limit(5, 0, 0);
        q.add(many(6, NewJob.of("t", new JsonValue('"' + "x".repeat(256 * 1024 - 2) + '"'))));
        Handed handed = ask(18);
        assertEquals(5, handed.jobs().size());
        assertEquals(q.queue.now() + 5001, handed.next());
    }

    @Test
    void aCallThatGetsAllThatTheConcurrencyAllowsDoesNotAskAgainAtOnce() {
        limit(1, 0, 0);
        q.add(many(202, delayed(1000)));
        q.pass(1000);
        assertEquals(q.queue.now() + 1, ask(2).next());
    }

    @Test
    void oneJobOfAGroupIsActiveAtATime() {
        List<String> ids = q.add(grouped("a"), grouped("b"), grouped("a"), grouped("a"));
        List<String> started = new ArrayList<>();
        for (List<Job> jobs = q.start(9); !jobs.isEmpty(); jobs = q.start(9)) {
            started.addAll(ids(jobs));
            jobs.forEach(q::complete);
        }
        assertEquals(Stream.of(0, 1, 2, 3).map(ids::get).toList(), started);
        assertEquals(4, q.counts().completed());
    }

    @Test
    void releasedJobsGoToTheFrontInTheirOrderWithTheSameAttempt() {
        q = new ExampleQueue(SETTINGS.withLease(5000, 3));
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN, PLAIN);
        List<String> tokens = q.start(3).stream().map(Job::leaseToken).toList();
        assertEquals(Collections.nCopies(3, JobStatus.RELEASED), q.queue.release(tokens));
        assertEquals(Collections.nCopies(3, JobStatus.STALE), q.queue.release(tokens), "they were taken back before");
        assertEquals(List.of(4L, 0L), List.of(q.counts().waiting(), q.counts().active()));
        List<Job> again = q.start(9);
        assertEquals(ids, ids(again));
        assertEquals(Stream.of(".2", ".2", ".2", ".1").toList(),
                again.stream().map(job -> job.leaseToken().substring(job.id().length())).toList());
        assertEquals(List.of(1, 1, 1, 1), again.stream().map(Job::attempt).toList());
        assertEquals(List.of(0, 0, 0, 0), again.stream().map(Job::stalls).toList());
        assertEquals(Collections.nCopies(3, JobStatus.STALE), q.queue.release(tokens), "nor does the old token count");
    }

    @Test
    void aReleasedJobMayWaitAndKeepsItsGroupsOrder() {
        List<String> ids = q.add(grouped("g"), grouped("g"));
        Job first = q.startOne();
        assertEquals(List.of(JobStatus.RELEASED), q.queue.release(List.of(first.leaseToken()), Duration.ofMillis(200)));
        assertEquals("delayed", q.state(first.id()));
        assertEquals(q.queue.now() + 200, Instant.parse(q.peek(first.id()).dueAt()).toEpochMilli());
        q.pass(199);
        assertEquals(List.of(), q.start(9), "its group waits for it");
        q.pass(1);
        Job again = q.startOne();
        assertEquals(List.of(ids.get(0), 1, 0), List.of(again.id(), again.attempt(), again.stalls()));
        q.complete(again);
        assertEquals(List.of(ids.get(1)), q.startedIds(9));
    }

    @Test
    void aReleasedJobCostsNoneOfItsAttemptsAndStalls() {
        String id = q.addOne(PLAIN.withRetries(2, null));
        q.fail(q.startOne(), 0L);
        for (int i = 0; i < 5; i++) {
            Job job = q.startOne();
            assertEquals(List.of(2, 0), List.of(job.attempt(), job.stalls()));
            assertEquals(List.of(JobStatus.RELEASED), q.queue.release(List.of(job.leaseToken())));
        }
        assertEquals(JobStatus.DEAD, q.fail(q.startOne(), 0L));
        assertEquals("dead", q.state(id));
        String brief = q.addOne(PLAIN);
        assertEquals(List.of(JobStatus.RELEASED),
                q.queue.release(List.of(q.startOne().leaseToken()), Duration.ofMillis(1)));
        assertEquals("delayed", q.state(brief));
        assertEquals(List.of(JobStatus.STALE, JobStatus.UNKNOWN), q.queue.release(List.of(id + ".7", "7.1")));
    }
}
