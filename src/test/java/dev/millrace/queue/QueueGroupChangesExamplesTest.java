package dev.millrace.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueDefinition.Rate;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.redis.VirtualRedis;

/** Guarantees of limits of groups that change while there are jobs, of one group or of all groups of a queue. */
class QueueGroupChangesExamplesTest {

    private static final long MINUTE_US = 60_000_000;

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final VirtualQueue queue = new VirtualQueue(redis, QueueSettings.DEFAULT);

    private static GroupDefinition limits(int concurrency, int limit, long windowMs) {
        return new GroupDefinition(concurrency, limit == 0 ? null : new Rate(limit, Duration.ofMillis(windowMs)));
    }

    private VirtualQueue withGroups(GroupDefinition limits) {
        return new VirtualQueue(redis, QueueSettings.DEFAULT.withGroups(limits == null ? "" : limits.encode())
                .withVersion());
    }

    private void setQueue(GroupDefinition limits) {
        assertTrue(withGroups(limits).configure(null));
    }

    private void setGroup(GroupDefinition limits) {
        queue.limit("g", limits, 9);
    }

    private void add(String group, int jobs) {
        queue.enqueue(Collections.nCopies(jobs, NewJob.of("t", null).withGroup(group)));
    }

    private List<Job> take(int max) {
        return queue.reserve(List.of(new Reservation(max, 0)), false).jobs();
    }

    private void complete(List<Job> jobs) {
        queue.complete(jobs.stream().map(job -> new JobResult(job.id(), job.leaseToken(), null)).toList());
    }

    private int taken() {
        return take(1000).size();
    }

    /** Both ways to set the limits of a group. */
    private void each(Consumer<Consumer<GroupDefinition>> test) {
        test.accept(this::setGroup);
        VirtualRedis.fresh();
        test.accept(this::setQueue);
    }

    @Test
    void aRaisedRateHoldsAtOnceAndAsManyJobsCountAsUsed() {
        each(set -> {
            set.accept(limits(100, 5, 60_000));
            add("g", 90);
            assertEquals(5, taken());
            set.accept(limits(100, 12, 60_000));
            assertEquals(7, taken());
            redis.advance(MINUTE_US / 12 - 1000);
            assertEquals(0, taken());
            redis.advance(2000);
            assertEquals(1, taken(), "at the new pace");
            set.accept(limits(100, 12, 6_000));
            assertEquals(0, taken());
            redis.advance(500_000);
            assertEquals(1, taken());
        });
    }

    @Test
    void aLoweredRateHoldsAtOnce() {
        each(set -> {
            set.accept(limits(100, 50, 1_000));
            add("g", 90);
            assertEquals(50, taken());
            set.accept(limits(100, 2, 60_000));
            assertEquals(0, taken());
            redis.advance(MINUTE_US / 2 - 2000);
            assertEquals(0, taken());
            redis.advance(3000);
            assertEquals(1, taken());
        });
    }

    @Test
    void aRateThatIsTakenAwayAndSetAgainBeginsAnew() {
        each(set -> {
            set.accept(limits(10, 5, 60_000));
            add("g", 90);
            assertEquals(5, taken());
            set.accept(limits(10, 0, 0));
            assertEquals(5, taken(), "ten may be active");
            assertEquals("[]", redis.call("KEYS", "*:pace*").toString());
            set.accept(limits(20, 5, 60_000));
            assertEquals(5, taken());
        });
    }

    @Test
    void aRaisedConcurrencyHoldsAtOnceAndALoweredOneForTheNextJobs() {
        each(set -> {
            set.accept(limits(1, 0, 0));
            add("g", 9);
            List<Job> first = take(9);
            assertEquals(1, first.size());
            set.accept(limits(3, 0, 0));
            List<Job> more = take(9);
            assertEquals(2, more.size());
            set.accept(limits(2, 0, 0));
            complete(first);
            assertEquals(0, taken());
            complete(more.subList(0, 1));
            assertEquals(1, taken());
        });
    }

    @Test
    void aGroupWithItsOwnLimitsIsLeftAlone() {
        setGroup(limits(100, 5, 60_000));
        add("g", 90);
        assertEquals(5, taken());
        setQueue(limits(100, 1000, 60_000));
        assertEquals(0, taken());
        redis.advance(MINUTE_US / 5 - 1000);
        assertEquals(0, taken());
        redis.advance(2000);
        assertEquals(1, taken());
        setGroup(null);
        assertEquals(85 - 1, taken(), "of 1,000, five are used");
    }

    @Test
    void aGroupIsConvertedWhenItIsUsedBeforeItsTurn() {
        setQueue(limits(100, 5, 60_000));
        add("g", 9);
        assertEquals(5, taken());
        assertEquals("UNFINISHED", withGroups(limits(100, 2, 60_000)).note());
        add("h", 1);
        redis.advance(MINUTE_US / 5 + 1000);
        assertEquals(1, taken(), "of another group");
        queue.limit("g", limits(100, 3, 60_000), 9);
        assertEquals(1, taken(), "two of three are used");
        while (queue.regroupSome()) {
            // The rest.
        }
        assertEquals(0, taken());
        assertEquals("NOTED", withGroups(limits(100, 2, 60_000)).note());
        assertEquals(1, ((List<?>) redis.call("KEYS", "*:pace*")).size(), "all are converted");
    }

    @Test
    void aGroupThatGetsItsOwnLimitsBeforeItsTurnIsConvertedToo() {
        setQueue(limits(100, 5, 60_000));
        add("g", 30);
        assertEquals(5, taken());
        withGroups(limits(100, 2, 60_000)).note();
        setGroup(limits(100, 10, 60_000));
        assertEquals(8, taken(), "two of two were used");
    }

    /** Earlier versions left it there. */
    @Test
    void whatWasUsedOfARateThatIsGoneIsBounded() {
        add("g", 9);
        redis.call("ZADD", VirtualQueue.PREFIX + "pace", queue.now() + 5000, "g");
        setGroup(limits(100, 5, 60_000));
        assertEquals(4, taken());
    }

    @Test
    void aRateOfManyJobsPerMsIsConvertedToo() {
        setQueue(limits(100, 2000, 1000));
        add("g", 200);
        List<Job> first = take(100);
        assertEquals(100, first.size());
        complete(first);
        setQueue(limits(100, 150, 60_000));
        assertEquals(50, taken());
    }

    @Test
    void groupsWithoutJobsAreConvertedInSteps() {
        setQueue(limits(1, 1, 60_000));
        queue.enqueue(IntStream.range(0, 450).mapToObj(n -> NewJob.of("t", null).withGroup("g" + n)).toList());
        complete(take(450));
        withGroups(limits(1, 1, 600_000)).note();
        assertTrue(queue.regroupSome());
        assertTrue(queue.regroupSome());
        assertFalse(queue.regroupSome());
        assertEquals(1, ((List<?>) redis.call("KEYS", "*:pace*")).size(), "all are converted");
        add("g449", 1);
        redis.advance(9 * MINUTE_US);
        assertEquals(0, taken());
    }

    /** Such as one of a replica that has died. */
    @Test
    void aChangeThatWasCutOffIsGoneOnWithByTheSweep() {
        setQueue(limits(2, 1, 600_000));
        add("g", 4);
        add("h", 4);
        assertEquals(2, taken());
        withGroups(limits(3, 3, 600_000)).note();
        assertEquals(0, taken());
        assertFalse(queue.sweep(9).more());
        assertEquals(4, taken());
        assertNull(redis.call("HGET", VirtualQueue.META, "regroup"));
        assertTrue(withGroups(limits(1, 0, 0)).configure(null));
    }

    @Test
    void aQueueWithoutLimitsOfGroupsHasOneJobOfEachAtOnceAgain() {
        setQueue(limits(3, 0, 0));
        setQueue(null);
        add("g", 3);
        assertEquals(1, taken());
        assertNull(redis.call("HGET", VirtualQueue.META, "limits"));
    }

    @Test
    void anotherChangeWaitsForTheOneBefore() {
        setQueue(limits(9, 1, 600_000));
        add("g", 9);
        assertEquals(1, taken());
        withGroups(limits(9, 2, 600_000)).note();
        setQueue(limits(9, 4, 600_000));
        assertEquals(3, taken());
    }
}
