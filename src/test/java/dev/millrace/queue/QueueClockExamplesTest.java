package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.many;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.VirtualQueue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The time of a queue when the clock of Redis is set back and ahead again, as in a failover to a server that is behind, and back. */
class QueueClockExamplesTest {

    private static final long LEASE = 30_000;
    private static final long STEP = 30_000;

    private final ExampleQueue q = new ExampleQueue(QueueSettings.DEFAULT.withLease(LEASE, 0));

    /** Lets time pass, with a sweep each second, as while replicas run. */
    private void run(long ms) {
        for (long left = ms; left > 0; left -= 1000) {
            q.pass(Math.min(1000, left));
            q.queue.sweep(99);
        }
    }

    private Job failedOver() {
        q.addOne(PLAIN);
        Job job = q.startOne();
        q.queue.sweep(99);
        q.pass(-STEP);
        q.queue.sweep(99);
        run(10_000);
        assertEquals(STEP, skew());
        return job;
    }

    private long skew() {
        Object skew = q.redis.call("HGET", VirtualQueue.META, "skew");
        return skew == null ? 0 : Long.parseLong(skew.toString());
    }

    @Test
    void aLeaseInProgressSurvivesTheWayBack() {
        Job before = failedOver();
        q.addOne(PLAIN);
        Job job = q.startOne();
        q.pass(STEP);
        q.queue.sweep(99);
        assertEquals(List.of("active", "active"), q.states(List.of(before.id(), job.id())));
        run(LEASE - 10_000 - 3000);
        assertEquals("active", q.state(before.id()), "20 s were left of it");
        assertEquals(2000, skew(), "as far as it may be ahead of the last note");
        assertEquals(JobStatus.COMPLETED, q.complete(before));
        run(9000);
        assertEquals("active", q.state(job.id()));
        run(3000);
        assertEquals("dead", q.state(job.id()), "leases end nevertheless");
    }

    /** A worker may come before the sweep. */
    @Test
    void noCallTakesALeaseBackOnTheWay() {
        q.add(many(2, PLAIN));
        q.startOne();
        q.queue.sweep(99);
        q.pass(-STEP);
        q.queue.sweep(99);
        run(2000);
        assertEquals(1, q.start(9).size());
        q.pass(STEP + 500);
        assertEquals(List.of(), q.start(9));
        assertEquals(2, q.counts().active());
    }

    @Test
    void delayedJobsAreNotEarlyAfterTheWayBack() {
        failedOver();
        String id = q.addOne(delayed(20_000));
        q.pass(STEP);
        q.queue.sweep(99);
        assertEquals("delayed", q.state(id));
        run(17_000);
        assertEquals("delayed", q.state(id));
        run(4000);
        assertEquals("waiting", q.state(id));
    }

    @Test
    void aLeaseThatIsGivenOnTheWayBackLastsAsLongAsItSays() {
        failedOver();
        q.addOne(PLAIN);
        q.pass(STEP);
        Job job = q.startOne();
        assertEquals(Instant.ofEpochMilli(q.redis.ms() + LEASE), Instant.parse(job.leaseExpiresAt()));
        run(LEASE - 1);
        assertEquals("active", q.state(job.id()));
        run(2002);
        assertEquals("dead", q.state(job.id()));
    }

    /** Then nobody can know how much time passed. Leases last longer by up to the skew, and end. */
    @Test
    void leasesEndThoughNoReplicaRanMeanwhile() {
        Job job = failedOver();
        q.pass(600_000);
        q.queue.sweep(99);
        assertEquals(0, skew(), "Redis' clock is ahead of all that was noted");
        q.queue.sweep(99);
        assertEquals("dead", q.state(job.id()));
    }

    @Test
    void theSkewShrinksByAsMuchAsNobodyRan() {
        Job job = failedOver();
        q.pass(12_000);
        q.queue.sweep(99);
        assertEquals(STEP - 10_000, skew());
        assertEquals("active", q.state(job.id()));
        run(17_000);
        assertEquals("active", q.state(job.id()));
        run(2000);
        assertEquals("dead", q.state(job.id()), "10 s later than it said");
    }

    @Test
    void aClockThatComesBackInPartLeavesTheRest() {
        failedOver();
        q.pass(STEP / 3);
        q.queue.sweep(99);
        assertEquals(STEP - STEP / 3 + 2000, skew());
        q.pass(-5000);
        q.queue.sweep(99);
        assertEquals(STEP - STEP / 3 + 2000 + 5000, skew());
    }

    /** However the clock jumps behind the farthest time that it ever showed, a lease is kept, to 2 s for each jump. */
    @Property
    void noLeaseExpiresEarly(@ForAll @Size(min = 1, max = 12) List<@IntRange(min = -90, max = 90) Integer> steps) {
        ExampleQueue fresh = new ExampleQueue(QueueSettings.DEFAULT.withLease(60_000, 0));
        fresh.addOne(PLAIN);
        Job job = fresh.startOne();
        fresh.queue.sweep(9);
        long behind = 0;
        long passed = 0;
        for (int step : steps) {
            long jump = Math.max(-600_000, Math.min(step * 1000L, behind));
            behind -= jump;
            fresh.pass(jump);
            fresh.queue.sweep(9);
            fresh.pass(1000);
            passed += 1000 + 2000;
            fresh.queue.sweep(9);
            assertEquals("active", fresh.state(job.id()), () -> "after " + steps);
        }
        assertTrue(passed < 60_000);
        for (int i = 0; i < 61; i++) {
            fresh.pass(1000);
            fresh.queue.sweep(9);
        }
        assertEquals("dead", fresh.state(job.id()), "it ends");
    }

    @Test
    void aThrottleOfARemovedQueueIsNoneOfTheNext() {
        NewJob throttled = PLAIN.withKeys("k", null).withDuplicates(null, null, null, Duration.ofSeconds(9));
        q.add(throttled);
        assertTrue(q.queue.enqueue(List.of(throttled)).get(0).duplicate());
        q.queue.remove(9);
        q.pass(10);
        q.add(throttled.withKeys("other", null));
        assertEquals(List.of(false, true), q.queue.enqueue(List.of(throttled, throttled)).stream()
                .map(job -> job.duplicate()).toList());
    }
}
