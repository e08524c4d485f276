package dev.millrace.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.GroupSnapshot;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueDefinition.Rate;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.redis.VirtualRedis;
import dev.millrace.settings.PutResult;

/** Guarantees of the limits of groups: how many jobs are active at once, how often, in which order, and that groups are fair. */
class QueueGroupsExamplesTest {

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final VirtualQueue queue = new VirtualQueue(redis, QueueSettings.DEFAULT);

    private static GroupDefinition limits(int concurrency) {
        return new GroupDefinition(concurrency, null);
    }

    private static GroupDefinition rate(int concurrency, int limit, long windowMs) {
        return new GroupDefinition(concurrency, new Rate(limit, Duration.ofMillis(windowMs)));
    }

    private List<String> add(String group, int from, int to) {
        return queue.enqueue(IntStream.rangeClosed(from, to)
                .mapToObj(n -> NewJob.of("t", new JsonValue(Integer.toString(n))).withGroup(group)).toList()).stream()
                .map(job -> job.id()).toList();
    }

    private List<Job> take(int max) {
        return queue.reserve(List.of(new Reservation(max, 0)), false).jobs();
    }

    private static List<String> data(List<Job> jobs) {
        return jobs.stream().map(job -> job.group() + job.data().text()).toList();
    }

    private void complete(Job job) {
        queue.complete(List.of(new JobResult(job.id(), job.leaseToken(), null)));
    }

    private void waiting(long n) {
        assertEquals(n, queue.sweep(99).snapshot().counts().waiting());
    }

    @Test
    void asManyJobsAsTheConcurrencyAreActiveInOrder() {
        assertEquals(PutResult.CREATED, queue.limit("g", limits(3), 9));
        add("g", 1, 6);
        add("h", 1, 2);
        List<Job> first = take(10);
        assertEquals(List.of("g1", "g2", "g3", "h1"), data(first));
        complete(first.get(1));
        List<Job> next = take(10);
        assertEquals(List.of("g4"), data(next));
        complete(first.get(0));
        complete(next.get(0));
        assertEquals(List.of("g5", "g6"), data(take(10)));
        add("g", 7, 7);
        assertEquals(List.of(), data(take(10)), "three are active");
        waiting(2);
    }

    @Test
    void raisedLimitsHoldAtOnceAndLoweredOnesForTheNextJobs() {
        add("g", 1, 6);
        List<Job> active = new ArrayList<>(take(10));
        assertEquals(List.of("g1"), data(active));
        queue.limit("g", limits(4), 9);
        active.addAll(take(10));
        assertEquals(List.of("g1", "g2", "g3", "g4"), data(active));
        assertEquals(PutResult.REPLACED, queue.limit("g", limits(2), 9));
        complete(active.get(0));
        complete(active.get(1));
        assertEquals(List.of(), data(take(10)), "two are active");
        complete(active.get(2));
        assertEquals(List.of("g5"), data(take(10)));
        assertEquals(PutResult.REPLACED, queue.limit("g", null, 9));
        complete(active.get(3));
        assertEquals(List.of(), data(take(10)), "one at a time");
    }

    @Test
    void aNewJobDoesNotOvertakeThoseBehindTheHeads() {
        add("g", 1, 3);
        VirtualQueue raised = new VirtualQueue(redis, QueueSettings.DEFAULT.withGroups(limits(2).encode()));
        raised.configure(null);
        add("g", 4, 4);
        List<Job> active = new ArrayList<>(take(10));
        assertEquals(List.of("g1", "g2"), data(active), "the limits of the queue hold at once");
        complete(active.get(0));
        assertEquals(List.of("g3"), data(take(10)));
    }

    @Test
    void aLargeGroupDelaysAJobOfAnotherByItsConcurrencyOnly() {
        queue.limit("big", limits(2), 9);
        for (int i = 0; i < 10; i++) {
            add("big", 1, 500);
        }
        add("small", 1, 1);
        assertEquals(List.of("big1", "big2", "small1"), data(take(3)));
        waiting(4998);
    }

    @Test
    void aRateIsKeptAndItsJobsWaitAside() {
        queue.limit("g", rate(5, 2, 1000), 9);
        add("g", 1, 5);
        add("h", 1, 1);
        List<Job> first = take(10);
        assertEquals(List.of("g1", "g2", "h1"), data(first));
        waiting(3);
        assertEquals(List.of(), take(10));
        long next = queue.reserve(List.of(new Reservation(10, 0)), true).next();
        assertEquals(queue.now() + 501, next, "when one may start");
        redis.advance(499_000);
        assertEquals(List.of(), take(10));
        redis.advance(1_000);
        assertEquals(List.of("g3"), data(take(10)));
        redis.advance(500_000);
        assertEquals(List.of("g4"), data(take(10)));
        first.forEach(this::complete);
        redis.advance(10_000_000);
        assertEquals(List.of("g5"), data(take(10)));
        waiting(0);
        redis.advance(10_000_000);
        queue.sweep(99);
        assertFalse(redis.call("KEYS", "*").toString().contains(":pace"), "what is regained is not kept");
    }

    @Test
    void aRateOutlivesTheLastJobOfItsGroup() {
        queue.limit("g", rate(1, 1, 60_000), 9);
        add("g", 1, 1);
        complete(take(1).get(0));
        add("g", 2, 2);
        assertEquals(List.of(), take(1));
        redis.advance(60_000_000);
        assertEquals(List.of("g2"), data(take(1)));
    }

    @Test
    void changedLimitsHoldForParkedJobs() {
        queue.limit("g", rate(3, 1, 600_000), 9);
        add("g", 1, 5);
        assertEquals(1, take(10).size());
        assertEquals(0, take(10).size());
        queue.limit("g", limits(4), 9);
        assertEquals(List.of("g2", "g3", "g4"), data(take(10)));
    }

    @Test
    void changedLimitsOfTheQueueHoldForParkedJobs() {
        new VirtualQueue(redis, QueueSettings.DEFAULT.withGroups(rate(3, 1, 600_000).encode())).configure(null);
        add("g", 1, 3);
        add("h", 1, 3);
        assertEquals(List.of("g1", "h1"), data(take(10)).stream().sorted().toList());
        assertEquals(List.of(), take(10));
        new VirtualQueue(redis, QueueSettings.DEFAULT.withGroups(rate(3, 1000, 1000).encode())).configure(null);
        assertEquals(4, take(10).size(), "one of a thousand is used");
    }

    @Test
    void parkedJobsAreListedCancelledAndDrained() {
        queue.limit("g", rate(3, 1, 600_000), 9);
        List<String> ids = add("g", 1, 6);
        assertEquals(1, take(10).size());
        assertEquals(ids.subList(1, 6), queue.list("waiting", 1));
        assertEquals(ids.subList(1, 6), queue.list("waiting", 99));
        queue.cancel(ids.get(2));
        assertEquals(4, queue.list("waiting", 99).size());
        waiting(4);
        assertEquals(4, queue.drain(99, () -> {}));
        waiting(0);
        assertEquals(List.of(), queue.list("waiting", 99));
        queue.remove(99);
        assertEquals(List.of(), redis.call("KEYS", "*"));
    }

    @Test
    void aHeadThatIsRetriedKeepsItsPlace() {
        queue.limit("g", limits(2), 9);
        add("g", 1, 4);
        List<Job> active = take(10);
        queue.fail(List.of(JobFailure.retry(active.get(0).id(), active.get(0).leaseToken(), "no",
                Duration.ofSeconds(5))), 0);
        assertEquals(List.of(), take(10), "it is delayed, and one is active");
        redis.advance(5_000_000);
        assertEquals(List.of("g1"), data(take(10)));
        complete(active.get(1));
        assertEquals(List.of("g3"), data(take(10)));
    }

    @Test
    void groupsWithLimitsAreRead() {
        assertEquals(new GroupSnapshot("a b", GroupDefinition.DEFAULT, false, 0), queue.group("a b"));
        add("a b", 1, 4);
        queue.limit("a b", rate(2, 5, 1000), 2);
        assertEquals(new GroupSnapshot("a b", rate(2, 5, 1000), true, 2), queue.group("a b"));
        queue.limit("c{", limits(7), 2);
        assertEquals(PutResult.TOO_MANY, queue.limit("d", limits(7), 2));
        assertEquals(PutResult.REPLACED, queue.limit("c{", limits(8), 2));
        assertEquals(List.of("a b", "c{"), queue.groups(null, 9).stream().map(GroupSnapshot::group).toList());
        assertEquals(List.of("a b"), queue.groups(null, 1).stream().map(GroupSnapshot::group).toList());
        assertEquals(List.of("c{"), queue.groups("a b", 9).stream().map(GroupSnapshot::group).toList());
        queue.limit("a b", null, 2);
        assertEquals(List.of("c{"), queue.groups("a b", 1).stream().map(GroupSnapshot::group).toList(),
                "a page does not depend on the groups before it");
        queue.limit("c{", null, 2);
        assertEquals(List.of(), queue.groups(null, 9));
        VirtualQueue other = new VirtualQueue(redis, QueueSettings.DEFAULT.withGroups(limits(6).encode()));
        assertEquals(new GroupSnapshot("x", limits(6), false, 0), other.group("x"));
        assertTrue(redis.call("KEYS", "*:limit*").toString().equals("[]"));
    }
}
