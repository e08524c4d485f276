package dev.millrace.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.CancelOutcome;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.redis.VirtualRedis;

/** What histories of queues once showed to be wrong, as short as can be. */
class QueueScriptExamplesTest {

    private static final QueueSettings SETTINGS = settings(0);

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final VirtualQueue queue = new VirtualQueue(redis, SETTINGS);

    private static QueueSettings settings(int rate) {
        return QueueSettings.DEFAULT.withLimits(0, rate, 1000).withLease(5000, 0).withRetention(60_000, 60_000);
    }

    private static NewJob job(int priority, long delayMs, String group) {
        return NewJob.of("t", null).withPriority(priority).withDelay(Duration.ofMillis(delayMs)).withGroup(group);
    }

    private static NewJob grouped(String group) {
        return job(0, 0, group);
    }

    private List<String> enqueue(NewJob... jobs) {
        return queue.enqueue(List.of(jobs)).stream().map(EnqueuedJob::id).toList();
    }

    private List<Job> reserve(int most) {
        return queue.reserve(List.of(new Reservation(most, 0)), true).jobs();
    }

    private List<Long> waitingAndDelayed() {
        QueueCounts counts = queue.sweep(200).snapshot().counts();
        return List.of(counts.waiting(), counts.delayed());
    }

    private static List<String> ids(List<Job> jobs) {
        return jobs.stream().map(Job::id).toList();
    }

    @Test
    void whoGetsNothingForTheRateIsToldWhenItAllowsMoreThoughSomebodyElseGotSomething() {
        VirtualQueue rated = new VirtualQueue(redis, settings(1));
        enqueue(grouped(null), grouped(null));

        VirtualQueue.Handed handed = rated.reserve(List.of(new Reservation(1, 0), new Reservation(1, 0)), true);

        assertEquals(1, handed.jobs().size());
        assertEquals(rated.now() + 1000, handed.next());
    }

    @Test
    void groupsWhoseHeadsEndTogetherGoOnInTheOrderOfTheirHeads() {
        List<String> ids = enqueue(grouped("a"), grouped("b"), grouped("a"), grouped("b"));
        assertEquals(ids.subList(0, 2), ids(reserve(4)));
        redis.advance(5_001_000);

        assertEquals(ids.subList(2, 4), ids(reserve(4)), "the first ones died of their first stall");
    }

    @Test
    void groupsWhoseCancelledHeadsAreTakenBackTogetherGoOnInTheOrderOfTheirHeads() {
        List<String> ids = enqueue(grouped("a"), grouped("b"), grouped("a"), grouped("b"));
        List<Job> heads = reserve(4);
        heads.forEach(job -> assertEquals(CancelOutcome.REQUESTED, queue.cancel(job.id())));

        assertEquals(List.of(JobStatus.CANCELLED, JobStatus.CANCELLED),
                queue.release(heads.stream().map(Job::leaseToken).toList()));

        assertEquals(ids.subList(2, 4), ids(reserve(4)));
    }

    @Test
    void aJobThatWasCompletedAllTheSameIsNoLongerToBeCancelled() {
        String id = enqueue(grouped(null)).get(0);
        String token = reserve(1).get(0).leaseToken();
        queue.cancel(id);
        assertEquals(true, queue.peek(List.of(id)).get(0).cancelRequested());

        queue.complete(List.of(new JobResult(id, token, null)));

        assertEquals("completed", queue.peek(List.of(id)).get(0).state());
        assertNull(queue.peek(List.of(id)).get(0).cancelRequested());
    }

    @Test
    void whoWaitsIsToldOfTheNextOfAGroupWhenADelayedOneBeforeItIsCancelled() {
        List<String> ids = enqueue(grouped("a"), grouped("a"));
        Job head = reserve(1).get(0);
        queue.fail(List.of(JobFailure.retry(head.id(), head.leaseToken(), "E", Duration.ofMinutes(1))),
                0);

        requireTold(() -> assertEquals(CancelOutcome.REMOVED, queue.cancel(head.id())));

        assertEquals(ids.subList(1, 2), ids(reserve(1)));
    }

    @Test
    void noMoreThanAboutOneMegabyteIsHandedOutTogether() {
        JsonValue large = new JsonValue('"' + "x".repeat(256 * 1024 - 2) + '"');
        NewJob job = NewJob.of("t", large);
        List<String> ids = enqueue(Collections.nCopies(40, job).toArray(NewJob[]::new));

        List<String> handed = ids(reserve(100));
        assertEquals(ids.subList(0, 5), handed, "1 MB, and what came along with the last of them");
        assertEquals(ids.subList(5, 10), ids(reserve(100)));
        enqueue(NewJob.of("t", new JsonValue("null")));
        for (int i = 0; i < 6; i++) {
            assertEquals(5, reserve(100).size());
        }
        assertEquals(1, reserve(100).size());
    }

    @Test
    void noIdIsGivenTwiceThoughAFailoverLostTheLastJobs() {
        String lost = enqueue(grouped(null)).get(0);
        redis.call("HSET", VirtualQueue.META, "seq", Long.parseLong(lost) - 1);
        redis.advance(1000);

        assertTrue(queue.renumber());

        assertNotEquals(lost, enqueue(grouped(null)).get(0));
    }

    @Test
    void aRequestThatIsSentAgainMakesNoJobThoughItsOwnExpiredAsAUniqueOne() {
        NewJob brief = NewJob.of("t", null).withPriority(0).withKeys("u", "i").withTtl(Duration.ofSeconds(1));
        List<String> first = enqueue(brief);
        redis.advance(2_000_000);

        assertEquals(first, enqueue(brief));
    }

    @Test
    void drainComesToAnEndThoughNewerJobsStandInFront() {
        List<String> old = enqueue(grouped(null), grouped(null), grouped(null));
        List<String> newer = new ArrayList<>();

        assertEquals(3, queue.drain(1, () -> newer.addAll(enqueue(job(5, 0, null)))));

        assertEquals(newer, ids(reserve(9)));
        old.forEach(id -> assertEquals(CancelOutcome.UNKNOWN, queue.cancel(id)));
    }

    @Test
    void drainFindsWhatIsDueAfterNewerJobs() {
        enqueue(job(0, 9000, null), job(0, 9000, null), job(0, 9000, null));

        assertEquals(3, queue.drain(1, () -> enqueue(job(0, 10, null), job(0, 20, null))));

        assertEquals(List.of(0L, 2L), waitingAndDelayed());
    }

    @Test
    void drainGoesOnBehindAnyNumberOfNewerJobs() {
        enqueue(job(1, 0, null), job(1, 0, null), job(0, 0, null), job(0, 0, null), job(0, 90_000, null));

        assertEquals(5, queue.drain(10, () -> {
            enqueue(Collections.nCopies(1500, job(1, 0, null)).toArray(NewJob[]::new));
            enqueue(Collections.nCopies(1500, job(0, 80_000, null)).toArray(NewJob[]::new));
        }));

        assertEquals(List.of(1500L, 1500L), waitingAndDelayed());
    }

    @Test
    void drainFindsTheNextOfAGroupThoughItGotReadyBehindNewerJobs() {
        enqueue(grouped("a"), grouped("a"));
        Job head = reserve(1).get(0);
        List<String> newer = new ArrayList<>();

        assertEquals(1, queue.drain(1, () -> {
            newer.addAll(enqueue(grouped(null), grouped(null)));
            queue.complete(List.of(new JobResult(head.id(), head.leaseToken(), null)));
            newer.addAll(enqueue(grouped(null)));
        }));

        assertEquals(newer, ids(reserve(9)));
    }

    /** Also where more come than it looks at. */
    @Test
    void drainEndsWhileMoreComeAllTheTime() {
        enqueue(job(0, 0, null), job(0, 0, null));
        NewJob[] more = Collections.nCopies(900, job(0, 0, null)).toArray(NewJob[]::new);

        assertEquals(2, queue.drain(5, () -> enqueue(more), () -> enqueue(more)));

        assertTrue(waitingAndDelayed().get(0) > 900);
    }

    @Test
    void drainFindsWhatIsDueSoonBeforeItIs() {
        enqueue(job(0, 0, "a"));
        reserve(1);
        enqueue(job(0, 100, "a"));
        NewJob[] later = Collections.nCopies(900, job(0, 90_000, null)).toArray(NewJob[]::new);
        enqueue(later);

        assertEquals(901, queue.drain(10, () -> {
            enqueue(grouped("a"));
            redis.advance(200_000);
            queue.sweep(200);
        }));
        assertEquals(1, waitingAndDelayed().get(0), "the newer one");
    }

    @Test
    void drainFindsTheOthersOfAGroupThoughNewerJobsStandInTheirLine() {
        enqueue(grouped("a"), job(5, 0, "a"), job(5, 0, "a"));

        assertEquals(3, queue.drain(1, () -> enqueue(job(5, 0, null), job(5, 0, null))));

        assertEquals(2, reserve(9).size());
    }

    @Test
    void theNextOfAGroupGoesBeforeLowerPrioritiesThoughTheOneBeforeItIsFoundExpiredOnlyNow() {
        NewJob brief = NewJob.of("t", null).withPriority(0).withGroup("a").withTtl(Duration.ofSeconds(1));
        List<String> ids = enqueue(brief, grouped(null), grouped(null), job(5, 0, "a"));
        redis.advance(2_000_000);

        assertEquals(List.of(ids.get(3), ids.get(1)), ids(reserve(2)));
        assertEquals(ids.subList(2, 3), ids(reserve(2)));
    }

    @Test
    void aDeadJobThatIsRemovedLeavesItsUniqueKeyToTheOneThatHasItNow() {
        NewJob sole = NewJob.of("t", null).withPriority(0).withKeys("u", null);
        enqueue(sole);
        Job first = reserve(1).get(0);
        queue.fail(List.of(JobFailure.dead(first.id(), first.leaseToken(), "E")), 0);
        List<String> second = enqueue(sole);
        assertNotEquals(List.of(first.id()), second);

        assertEquals(CancelOutcome.REMOVED, queue.cancel(first.id()));

        assertEquals(second, enqueue(sole));
    }

    /** Who waits looks once a second in any case. */
    @Test
    void whoWaitsIsToldOfWhatIsDueWithinASecond() {
        requireTold(() -> enqueue(job(0, 500, null)));
        redis.advance(500_000);
        Job job = reserve(1).get(0);
        requireTold(() -> queue.fail(
                List.of(JobFailure.retry(job.id(), job.leaseToken(), "E", Duration.ofMillis(500))), 0));
    }

    @Test
    void whoWaitsIsToldOfWhatIsRetried() {
        String id = enqueue(job(0, 60_000, null)).get(0);
        requireTold(() -> queue.retry(id));
        Job job = reserve(1).get(0);
        queue.fail(List.of(JobFailure.dead(job.id(), job.leaseToken(), "E")), 0);
        requireTold(() -> queue.retry(id));
    }

    @Test
    void whoWaitsIsToldOfTheNextOfAGroupWhenThoseBeforeItAreDrained() {
        // More than fit in one look at what is delayed.
        NewJob[] oneOfEach = IntStream.range(0, 300).mapToObj(i -> grouped("g" + i)).toArray(NewJob[]::new);
        enqueue(oneOfEach);
        queue.fail(reserve(300).stream().map(
                job -> JobFailure.retry(job.id(), job.leaseToken(), "E", Duration.ofMinutes(1))).toList(),
                0);
        requireTold(() -> queue.drain(1, () -> {
            enqueue(oneOfEach);
            reserve(300);
            assertNotNull(redis.call("HGET", VirtualQueue.META, "wait"));
        }));
    }

    @Test
    void whoWaitsIsToldOfWhatAnotherMadeReady() {
        enqueue(job(0, 1500, null));
        requireTold(() -> {
            redis.advance(1_500_000);
            queue.sweep(9);
        });
        reserve(1);
        enqueue(job(0, 1500, null), job(0, 1500, null));
        requireTold(() -> {
            redis.advance(1_500_000);
            assertEquals(1, queue.reserve(List.of(new Reservation(1, 0)), false).jobs().size());
        });
    }

    private void requireTold(Runnable deed) {
        assertEquals(List.of(), reserve(1));
        assertNotNull(redis.call("HGET", VirtualQueue.META, "wait"));
        deed.run();
        assertNull(redis.call("HGET", VirtualQueue.META, "wait"), "it is told, and asks again");
    }

    @Test
    void aCompletedJobThatIsRemovedStaysCountedAsCompleted() {
        String id = enqueue(grouped(null)).get(0);
        queue.complete(List.of(new JobResult(id, reserve(1).get(0).leaseToken(), null)));

        assertEquals(CancelOutcome.REMOVED, queue.cancel(id));

        QueueCounts counts = queue.sweep(9).snapshot().counts();
        assertEquals(List.of(1L, 0L, 1L, 0L),
                List.of(counts.completed(), counts.removed(), counts.enqueued(), counts.kept()));
    }

    @Test
    void aJobThatIsTakenBackHasTheAttemptsThatItHad() {
        String id = enqueue(grouped(null)).get(0);
        queue.fail(List.of(JobFailure.retry(id, reserve(1).get(0).leaseToken(), "E", Duration.ZERO)), 0);

        assertEquals(List.of(JobStatus.RELEASED), queue.release(List.of(reserve(1).get(0).leaseToken())));

        assertEquals(2, reserve(1).get(0).attempt());
    }
}
