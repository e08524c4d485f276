package dev.millrace.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.PushTarget;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.model.WebhookSecret;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.redis.VirtualRedis;

/** Guarantees of queues whose settings change while there is state, and whose clock is set back. */
class ChangedQueueSettingsTest {

    private static final NewJob JOB = NewJob.of("t", null);
    private static final long HOUR_US = 3_600_000_000L;

    private final VirtualRedis redis = VirtualRedis.fresh();

    private VirtualQueue rated(int limit, long windowMs) {
        return new VirtualQueue(redis, QueueSettings.DEFAULT.withLimits(0, limit, windowMs).withVersion());
    }

    private VirtualQueue plain() {
        return new VirtualQueue(redis, QueueSettings.DEFAULT);
    }

    private static List<Job> take(VirtualQueue queue, int max) {
        return queue.reserve(List.of(new Reservation(max, 0)), false).jobs();
    }

    /** Lets time pass, with a sweep each second, as while replicas run. */
    private void run(VirtualQueue queue, int seconds) {
        for (int i = 0; i < seconds; i++) {
            redis.advance(1_000_000);
            queue.sweep(9);
        }
    }

    private void fill(int jobs) {
        plain().enqueue(Collections.nCopies(jobs, JOB));
    }

    /** What is regained between the change and the next reserve is regained at the new pace. */
    @ParameterizedTest
    @CsvSource({"6, 1000, 6, 3600000, 2000, 0", "5, 1000, 4, 3600000, 2000, 0", "5, 3600000, 5, 1000, 2000, 5",
            "6, 3600000, 6, 1000, 500, 3", "1, 600000, 100, 1000, 0, 99", "6, 1000, 12, 1000, 0, 6"})
    void aChangedRateHoldsFromTheChangeOn(int limit, long windowMs, int newLimit, long newWindowMs, long passMs,
            int expected) {
        fill(200);
        VirtualQueue before = rated(limit, windowMs);
        before.configure(null);
        assertEquals(limit, take(before, 200).size());
        VirtualQueue after = rated(newLimit, newWindowMs);
        after.configure(null);
        redis.advance(passMs * 1000);
        assertEquals(expected, take(after, 200).size());
    }

    @Test
    void aRaisedRateHoldsAtOnce() {
        fill(300);
        assertEquals(1, take(rated(1, 600_000), 10).size());
        assertEquals(0, take(rated(1, 600_000), 10).size());
        assertEquals(99, take(rated(100, 1000), 200).size());
        redis.advance(1_000_000);
        assertEquals(100, take(rated(100, 1000), 200).size());
    }

    @Test
    void aLoweredRateIsRegainedAtItsOwnPace() {
        fill(300);
        assertEquals(100, take(rated(100, 1000), 200).size());
        assertEquals(0, take(rated(2, 600_000), 200).size());
        redis.advance(299_999_000);
        assertEquals(0, take(rated(2, 600_000), 200).size());
        redis.advance(2_000);
        assertEquals(1, take(rated(2, 600_000), 200).size());
        assertEquals(1, take(rated(3, 600_000), 200).size(), "two are used");
    }

    @Test
    void aRateOfTheReleaseBeforeIsBounded() {
        fill(300);
        redis.call("HSET", VirtualQueue.META, "rate", Long.toString(redis.ms() + 3_600_000));
        assertEquals(0, take(rated(10, 1000), 200).size());
        redis.advance(1_000_000);
        assertEquals(10, take(rated(10, 1000), 200).size());
    }

    @Test
    void aNewRateDoesNotRememberTheOneBefore() {
        fill(10);
        assertEquals(1, take(rated(1, 600_000), 10).size());
        plain().configure(null);
        rated(1, 600_000).configure(null);
        assertEquals(1, take(rated(1, 600_000), 10).size());
        rated(2, 600_000).configure(null);
        assertEquals(1, take(rated(2, 600_000), 10).size());
    }

    @Test
    void noJobIsHandedOutByOtherSettings() {
        fill(3);
        VirtualQueue old = rated(5, 1000);
        VirtualQueue current = rated(6, 1000);
        assertTrue(current.configure(null));
        String version = old.reserveChecked();
        assertNotEquals("", version);
        assertEquals(version, plain().reserveChecked());
        assertNull(current.reserveChecked());
        assertFalse(plain().configure("another"));
        assertNull(current.reserveChecked());
        assertTrue(plain().configure(version));
        assertEquals("", current.reserveChecked());
        assertNull(plain().reserveChecked());
    }

    @Test
    void theVersionIsKeptThoughTheQueueHasHadNoJobs() {
        rated(5, 1000).configure(null);
        rated(5, 1000).reserveChecked();
        assertTrue(redis.immortal().contains(VirtualQueue.META));
    }

    @Test
    void settingsThatDifferHaveVersionsThatDiffer() {
        QueueSettings some = QueueSettings.DEFAULT.withLimits(1, 2, 3).withVersion();
        assertEquals(some, some.withVersion());
        WebhookSecret secret = WebhookSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        WebhookSecret other = WebhookSecret.parse("whsec_NfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        List<QueueSettings> all = List.of(some, some.withLimits(2, 2, 3), some.withLimits(1, 3, 3),
                some.withLimits(1, 2, 4), some.withLease(1, 1), some.withRetention(1, 1), some.withReplicated(true),
                some.withPush(new PushTarget(URI.create("http://a/"), 1000, 1, List.of(secret))),
                some.withPush(new PushTarget(URI.create("http://a/?b"), 1000, 1, List.of(secret))),
                some.withPush(new PushTarget(URI.create("http://a/"), 1000, 1, List.of(other))),
                some.withPush(new PushTarget(URI.create("http://a/"), 1000, 2, List.of(secret))));
        assertEquals(all.size(), all.stream().map(s -> s.withVersion().version()).distinct().count());
    }

    @Test
    void aClockThatIsSetBackProlongsNoLeaseAndNoDelay() {
        VirtualQueue queue = plain();
        fill(1);
        queue.enqueue(List.of(JOB.withDelay(Duration.ofSeconds(20))));
        String id = take(queue, 1).get(0).id();
        queue.sweep(9);
        redis.advance(-HOUR_US);
        queue.sweep(9);
        run(queue, 30);
        assertEquals(List.of(0L, 1L), List.of(queue.sweep(9).snapshot().counts().delayed(),
                queue.sweep(9).snapshot().counts().active()), "the delayed job is ready");
        redis.advance(1_000);
        assertEquals(0, queue.sweep(9).snapshot().counts().active(), "the lease has expired");
        assertEquals(1, queue.peek(List.of(id)).get(0).stalls());
    }

    @Test
    void aClockThatIsSetBackBeforeTheFirstSweepProlongsNothingEither() {
        VirtualQueue queue = plain();
        fill(1);
        take(queue, 1);
        redis.advance(-HOUR_US);
        queue.sweep(9);
        run(queue, 31);
        assertEquals(0, queue.sweep(9).snapshot().counts().active(), "the lease has expired");
        take(queue, 1).forEach(job -> queue.fail(List.of(JobFailure.dead(job.id(), job.leaseToken(), "no")), 0));
        queue.sweep(9);
        queue.enqueue(List.of(JOB.withDelay(Duration.ofSeconds(20))));
        redis.advance(-HOUR_US);
        queue.sweep(9);
        run(queue, 20);
        assertEquals(0, queue.sweep(9).snapshot().counts().delayed());
    }

    @Test
    void timesThatClientsSeeAreThoseOfRedis() {
        VirtualQueue queue = plain();
        fill(3);
        take(queue, 1);
        queue.sweep(9);
        redis.advance(-HOUR_US);
        queue.sweep(9);
        String in30 = Instant.ofEpochMilli(redis.ms() + 30_000).toString();
        Job job = take(queue, 1).get(0);
        assertEquals(Instant.parse(in30), Instant.parse(job.leaseExpiresAt()));
        assertEquals(redis.ms() + 30_000,
                queue.extend(List.of(new LeaseExtension(job.id(), job.leaseToken(), null, null)))
                        .get(0).leaseEndsMs());
        assertEquals(job.leaseExpiresAt(), queue.peek(List.of(job.id())).get(0).leaseExpiresAt());
        queue.fail(List.of(JobFailure.retry(job.id(), job.leaseToken(), "no", Duration.ofSeconds(5))), 0);
        assertEquals(Instant.ofEpochMilli(redis.ms() + 5_000),
                Instant.parse(queue.peek(List.of(job.id())).get(0).dueAt()));
        long next = queue.reserve(List.of(new Reservation(9, 1000), new Reservation(1, 1000)), true).next();
        assertTrue(next > redis.ms() && next <= redis.ms() + 1001, () -> next - redis.ms() + " ms");
        queue.enqueue(List.of(JOB.withRunAt(Instant.ofEpochMilli(redis.ms() + 60_000).toString())));
        run(queue, 60);
        assertEquals(0, queue.sweep(9).snapshot().counts().delayed());
    }

    @Test
    void aClockThatIsSetBackStopsNoRatedQueue() {
        VirtualQueue queue = rated(10, 1000);
        fill(30);
        assertEquals(10, take(queue, 30).size());
        redis.advance(-HOUR_US);
        queue.sweep(9);
        assertEquals(0, take(queue, 30).size());
        redis.advance(1_000_000);
        assertEquals(10, take(queue, 30).size());
    }

    @Test
    void theTimeOfAQueueIsThatOfRedisAgainWhenNothingIsMeasuredInIt() {
        VirtualQueue queue = plain();
        fill(1);
        Job job = take(queue, 1).get(0);
        queue.sweep(9);
        redis.advance(-HOUR_US);
        queue.sweep(9);
        assertTrue(redis.call("HGET", VirtualQueue.META, "skew") != null);
        queue.fail(List.of(JobFailure.dead(job.id(), job.leaseToken(), "no")), 0);
        queue.sweep(9);
        assertNull(redis.call("HGET", VirtualQueue.META, "skew"));
        assertNull(redis.call("HGET", VirtualQueue.META, "clock"));
        assertEquals(1, queue.redrive(9), "though it died ahead of the clock");
    }

    @Test
    void jobsThatEndedAheadOfTheClockAreKeptNoLonger() {
        VirtualQueue queue = new VirtualQueue(redis, QueueSettings.DEFAULT.withRetention(60_000, 60_000));
        fill(5);
        List<Job> jobs = take(queue, 5);
        queue.complete(
                jobs.subList(0, 2).stream().map(job -> new JobResult(job.id(), job.leaseToken(), null)).toList());
        jobs.subList(2, 5).forEach(
                job -> queue.fail(List.of(JobFailure.dead(job.id(), job.leaseToken(), "no")), 0));
        List<String> dead = queue.list("dead", 9);
        queue.sweep(9);
        redis.advance(-HOUR_US);
        assertTrue(queue.sweep(2).more(), "two at a time");
        queue.sweep(9);
        assertEquals(dead, queue.list("dead", 9), "in their order");
        assertTrue(Instant.parse(queue.peek(dead).get(0).finishedAt()).toEpochMilli() <= redis.ms() + 1);
        redis.advance(60_002_000);
        queue.sweep(9);
        assertEquals(List.of(), queue.list("dead", 9));
        assertEquals(List.of(), queue.list("completed", 9));
    }

    @Test
    void aThrottleDeniesNoLongerThanItsWindow() {
        VirtualQueue queue = plain();
        List<NewJob> throttled = List
                .of(JOB.withKeys("k", null).withDuplicates(null, null, null, Duration.ofSeconds(9)));
        assertFalse(queue.enqueue(throttled).get(0).duplicate());
        queue.sweep(9);
        redis.advance(-HOUR_US);
        queue.sweep(9);
        run(queue, 8);
        assertTrue(queue.enqueue(throttled).get(0).duplicate());
        redis.advance(1_001_000);
        queue.sweep(9);
        assertFalse(queue.enqueue(throttled).get(0).duplicate());
        redis.advance(10_000_000);
        queue.sweep(9);
        assertNull(redis.call("HGET", VirtualQueue.META, "until"));
        assertNull(redis.call("HGET", VirtualQueue.META, "skew"));
        redis.call("SET", VirtualQueue.PREFIX + "t:old", "7");
        assertEquals("7", queue.enqueue(List.of(throttled.get(0).withKeys("old", null))).get(0).id(),
                "as earlier versions have stored it");
    }

    @Test
    void anIdempotencyKeyIsKeptForADayAlsoIfTheClockIsSetBack() {
        VirtualQueue queue = plain();
        List<NewJob> job = List.of(JOB.withKeys(null, "k"));
        queue.enqueue(job);
        redis.advance(-HOUR_US);
        assertTrue(queue.enqueue(job).get(0).duplicate());
        redis.advance(24 * HOUR_US + 1000);
        assertFalse(queue.enqueue(job).get(0).duplicate());
    }
}
