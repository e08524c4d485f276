package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.grouped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.VirtualQueue.Handed;

/**
 * When a worker that waits for jobs is told to ask again, and when not: were it told in vain, workers that wait would keep each other
 * busy.
 */
class QueueWakeExamplesTest {

    private static final QueueSettings ONE_AT_ONCE = SETTINGS.withLimits(1, 0, 0);

    private ExampleQueue q;

    @BeforeEach
    void begin() {
        q = new ExampleQueue(SETTINGS);
    }

    private long next() {
        Handed handed = q.queue.reserve(List.of(new Reservation(1, 0)), true);
        assertEquals(List.of(), handed.jobs());
        return handed.next() - q.queue.now();
    }

    @Test
    void aNewJobWakes() {
        q.requireWoken(() -> q.add(PLAIN));
    }

    @Test
    void aJobThatIsDueInLessThanASecondWakes() {
        q.requireWoken(() -> q.add(delayed(999)));
    }

    @Test
    void aJobThatIsDueLaterDoesNot() {
        q.requireNotWoken(() -> q.add(delayed(1000)));
    }

    @Test
    void aRetryInLessThanASecondWakesAndALaterOneDoesNot() {
        q.add(PLAIN, PLAIN);
        List<Job> jobs = q.start(2);
        q.requireNotWoken(() -> q.fail(jobs.get(0), 1000L));
        q.requireWoken(() -> q.fail(jobs.get(1), 999L));
    }

    @Test
    void aFailureWakesIfItLeavesRoomForTheOneJobThatWaits() {
        q = new ExampleQueue(ONE_AT_ONCE);
        q.add(PLAIN, PLAIN);
        Job job = q.startOne();
        q.requireWoken(() -> q.bury(job));
    }

    @Test
    void aCompletionWakesIfItLeavesRoomForTheOneJobThatWaits() {
        q = new ExampleQueue(ONE_AT_ONCE);
        q.add(PLAIN, PLAIN);
        Job job = q.startOne();
        q.requireWoken(() -> q.complete(job));
    }

    @Test
    void theEndOfAJobDoesNotWakeWhereNoneWaits() {
        q.add(PLAIN, PLAIN);
        List<Job> jobs = q.start(2);
        q.requireNotWoken(() -> {
            q.bury(jobs.get(0));
            q.complete(jobs.get(1));
        });
    }

    @Test
    void aLateReportDoesNotWake() {
        q = new ExampleQueue(ONE_AT_ONCE);
        q.add(PLAIN, PLAIN);
        Job first = q.startOne();
        q.pass(5001);
        q.start(1);
        q.requireNotWoken(() -> {
            q.bury(first);
            q.complete(first);
            q.queue.release(List.of(first.leaseToken()));
        });
    }

    @Test
    void aJobThatIsReleasedWakes() {
        q.add(PLAIN);
        Job job = q.startOne();
        q.requireWoken(() -> q.queue.release(List.of(job.leaseToken())));
    }

    @Test
    void aResumedQueueWakesAndAPausedOneDoesNot() {
        q.requireNotWoken(() -> q.queue.pause("api"));
        q.add(PLAIN);
        q.requireWoken(() -> q.queue.pause(""));
    }

    @Test
    void aRetriedDeadJobWakesAlsoIfMany() {
        q.add(PLAIN);
        q.bury(q.startOne());
        q.requireNotWoken(() -> q.with(SETTINGS).sweep(9));
        q.requireWoken(() -> q.queue.redrive(9));
        q.start(1);
        q.requireNotWoken(() -> q.queue.redrive(9));
    }

    @Test
    void aWorkerThatFindsNothingDoesNotWakeOthers() {
        q.requireNotWoken(() -> {
            q.start(1);
            q.queue.sweep(9);
        });
    }

    @Test
    void aSweepThatTakesOneJobBackWakes() {
        q = new ExampleQueue(SETTINGS.withLease(5000, 1));
        q.add(PLAIN);
        q.start(1);
        q.pass(4500);
        q.requireWoken(() -> {
            q.pass(501);
            q.queue.sweep(9);
        });
    }

    @Test
    void aDrainWakesIfItFreesTheNextOfAGroup() {
        q.add(grouped("a"), grouped("b"));
        List<Job> heads = q.start(2);
        List<String> behind = q.add(grouped("a"));
        heads.forEach(job -> q.fail(job, 60_000L));
        q.requireWoken(() -> q.queue.drain(1, () -> {}));
        assertEquals("gone", q.state(behind.get(0)));
        q.requireNotWoken(() -> q.queue.drain(1, () -> {}));
    }

    @Test
    void aWorkerThatGetsAllThatItAsksForDoesNotWait() {
        q.add(PLAIN);
        assertEquals(1, q.queue.reserve(List.of(new Reservation(1, 0)), true).jobs().size());
        assertFalse(q.isAwaited());
    }

    /** A worker that waits asks again within 2 s; one that has not is no longer there. */
    @Test
    void aWorkerIsTakenToWaitForTwoSeconds() {
        q.requireWoken(() -> {
            q.pass(1999);
            q.add(PLAIN);
        });
        q.start(1);
        q.requireNotWoken(() -> {
            q.pass(2000);
            q.add(PLAIN);
        });
    }

    @Test
    void aWorkerThatWaitsLearnsWhenTheNextJobIsDue() {
        q.add(delayed(7000), delayed(9000));
        assertEquals(7001, next());
    }

    @Test
    void aWorkerThatWaitsLearnsWhenTheNextLeaseExpires() {
        q.add(PLAIN, delayed(9000));
        q.start(1);
        assertEquals(5001, next());
        q.pass(1000);
        q.add(delayed(2000));
        assertEquals(2001, next());
    }

    @Test
    void aWorkerThatWaitsForNothingLearnsNoTime() {
        assertEquals(0, next() + q.queue.now());
    }

    @Test
    void aWorkerThatWaitsWhileTheQueueIsFullLearnsWhenALeaseExpires() {
        q = new ExampleQueue(ONE_AT_ONCE);
        q.add(PLAIN, PLAIN);
        q.start(1);
        assertEquals(5001, next());
    }

    @Test
    void aWorkerOfAPausedQueueGetsNothing() {
        q.add(PLAIN);
        q.queue.pause("api");
        assertEquals(List.of(), q.startedIds(1));
        q.queue.pause("");
        assertEquals(1, q.start(1).size());
    }
}
