package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.grouped;
import static dev.millrace.queue.ExampleQueue.ids;
import static dev.millrace.queue.ExampleQueue.many;
import static dev.millrace.queue.ExampleQueue.withTtl;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.store.JobIds;
import dev.millrace.queue.store.VirtualQueue;

/** Jobs that are removed from a line leave nothing in it, however long it is, and no call takes long for it. */
class QueueLinesExamplesTest {

    /** Longer than the lines that a cancel goes through as a whole. */
    private static final int LONG = 7000;

    private final ExampleQueue q = new ExampleQueue(SETTINGS.withLease(600_000, 3));

    private List<String> addMany(int n, NewJob job) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < n; i += 1000) {
            ids.addAll(q.add(many(Math.min(1000, n - i), job)));
        }
        return ids;
    }

    private Map<String, List<String>> keys() {
        return StoredQueue.of(q.redis).keys();
    }

    private List<String> waiting() {
        return q.queue.list("waiting", 500);
    }

    private int length(String line) {
        return keys().getOrDefault(line, List.of()).size();
    }

    private void sweepAll() {
        while (q.queue.sweep(200).more()) {
            // There is more.
        }
    }

    private void cancel(List<String> ids) {
        ids.forEach(q.queue::cancel);
    }

    private static List<String> without(List<String> ids, List<String> gone) {
        return ids.stream().filter(id -> !gone.contains(id)).toList();
    }

    @Test
    void cancelledJobsOfAShortLineLeaveNothing() {
        List<String> ids = addMany(3000, PLAIN);
        cancel(IntStream.range(0, 3000).mapToObj(i -> ids.get(i * 7 % 3000)).toList());
        assertEquals(0, length("w:0"));
        assertEquals(List.of(), waiting());
        assertFalse(keys().containsKey("gone"));
    }

    @Test
    void cancelledJobsNearTheEndsOfALongLineLeaveNothingAndOthersAreSweptAway() {
        List<String> ids = addMany(LONG, PLAIN);
        List<String> near = List.of(ids.get(0), ids.get(499), ids.get(LONG - 1), ids.get(LONG - 500));
        cancel(near);
        assertEquals(LONG - 4, length("w:0"));
        List<String> far = List.of(ids.get(3000), ids.get(3001), ids.get(4000));
        cancel(far);
        assertEquals(List.of("w:0", "3"), keys().get("gone"));
        assertEquals(LONG - 4, length("w:0"));
        List<String> left = without(ids, List.of(near.get(0), near.get(1), near.get(2), near.get(3), far.get(0),
                far.get(1), far.get(2)));
        assertEquals(left, waiting());

        sweepAll();
        assertEquals(List.of(0, LONG - 7), List.of(length("w:0"), length("w:0.5")), "they are its front part now");
        assertFalse(keys().containsKey("gone"));
        assertEquals(left, waiting());
        assertEquals(left.subList(0, 300), q.startedIds(300));
    }

    @Test
    void theOrderOfALineStaysWhileItIsTidied() {
        List<String> ids = new ArrayList<>(addMany(LONG, PLAIN.withPriority(-3)));
        List<String> gone = new ArrayList<>(ids.subList(3000, 3100));
        cancel(gone);
        q.queue.sweep(200);
        assertEquals(List.of(LONG - 200, 200), List.of(length("w:-3"), length("w:-2.5")));
        // What comes back goes to the very front, what is new to the very end.
        List<Job> first = q.start(2);
        assertEquals(ids.subList(0, 2), ids(first));
        q.queue.release(first.stream().map(Job::leaseToken).toList());
        ids.addAll(q.add(PLAIN.withPriority(-3)));
        cancel(ids.subList(100, 101));
        gone.add(ids.get(100));
        assertEquals(198 + 2 - 1, length("w:-2.5"));
        assertEquals(without(ids, gone), waiting());
        sweepAll();
        assertEquals(without(ids, gone), waiting());
        assertEquals(List.of(0, LONG - 100), List.of(length("w:-3"), length("w:-2.5")));

        // The front part is tidied from its end on, in front of the line.
        gone.addAll(ids.subList(4000, 4010));
        cancel(ids.subList(4000, 4010));
        assertEquals(List.of("w:-2.5", "10"), keys().get("gone"));
        q.queue.sweep(200);
        assertEquals(List.of(200, LONG - 300), List.of(length("w:-3"), length("w:-2.5")));
        assertEquals(without(ids, gone), waiting());
        sweepAll();
        assertEquals(List.of(LONG - 110, 0), List.of(length("w:-3"), length("w:-2.5")));
        assertFalse(keys().containsKey("gone"));
        assertNull(q.redis.call("HGET", VirtualQueue.META, "tidy"));
        assertEquals(List.of("-3", "-3"), keys().get("levels"));
        assertEquals(without(ids, gone), waiting());
    }

    @Test
    void aLongLineIsTidiedWhenAnEighthOfItIsToBeRemoved() {
        List<String> ids = addMany(24_000, PLAIN);
        cancel(ids.subList(8000, 10_999));
        q.queue.sweep(200);
        assertEquals(24_000, length("w:0"), "it is not worth it");
        cancel(ids.subList(10_999, 11_000));
        q.queue.sweep(200);
        assertEquals(List.of(23_800, 200), List.of(length("w:0"), length("w:0.5")));
        sweepAll();
        assertEquals(List.of(0, 21_000), List.of(length("w:0"), length("w:0.5")));
    }

    @Test
    void aWorkerPassesWhatIsLeftOfRemovedJobs() {
        List<String> ids = addMany(LONG, PLAIN);
        cancel(ids.subList(3000, 3005));
        for (int i = 0; i < 3; i++) {
            q.start(1000);
        }
        assertEquals(ids.subList(3005, 3010), q.startedIds(5));
        assertFalse(keys().containsKey("gone"));
    }

    @Test
    void aPageIsNotEmptyBecauseOfRemovedJobsAndTheLastOneHasNoNext() {
        List<String> ids = addMany(LONG, PLAIN);
        cancel(ids.subList(600, 6400));
        JobIds page = q.queue.page("waiting", "", 600);
        assertEquals(ids.subList(0, 600), page.ids());
        assertEquals("w:0:5000", page.next(), "a call passes 5,000 ids");
        JobIds empty = q.queue.page("waiting", "w:0:600", 50);
        assertEquals(List.of(), empty.ids());
        assertEquals("w:0:5600", empty.next());
        page = q.queue.page("waiting", page.next(), 600);
        assertEquals(ids.subList(6400, LONG), page.ids());
        assertEquals("", page.next());
    }

    @Test
    void theBacklogOfAGroupIsTidiedToo() {
        List<String> ids = addMany(LONG, grouped("a"));
        List<String> gone = List.copyOf(ids.subList(3000, 3010));
        cancel(gone);
        assertEquals(List.of("g:a", "10"), keys().get("gone"));
        sweepAll();
        assertEquals(List.of(0, LONG - 11), List.of(length("g:a"), length("h:a")));
        ids.addAll(q.add(grouped("a")));
        Job head = q.startOne();
        q.complete(head);
        assertEquals(ids.subList(1, 2), q.startedIds(9));
        assertEquals(without(ids.subList(2, ids.size()), gone), waiting());
        cancel(ids.subList(4000, 4001));
        sweepAll();
        assertEquals(0, length("h:a"));
        assertEquals(without(ids.subList(2, ids.size()), ids.subList(3000, 3010)).size() - 1, waiting().size());
        assertEquals(LONG - 11 - 1 - 1 + 1, q.queue.drain(100, () -> {}), "all but the one that is active");
        assertEquals(List.of("a", ids.get(1)), keys().get("groups"));
        assertEquals(0, length("g:a"));
    }

    @Test
    void theSweepFindsTheNextJobOfAGroupBehindHundredsOfRemovedOnes() {
        List<String> ids = addMany(LONG, grouped("a"));
        cancel(ids.subList(601, 1021));
        Job head = null;
        for (int i = 0; i <= 600; i++) {
            head = q.startOne();
            assertEquals(ids.get(i), head.id());
            q.complete(head);
        }
        assertEquals(List.of("a", "0"), keys().get("groups"), "two hundred were passed");
        assertEquals(List.of(), q.startedIds(9));
        ids.addAll(q.add(grouped("a")));
        assertEquals(List.of(), q.startedIds(9), "a new one does not overtake the others");
        q.requireWoken(() -> {
            q.queue.sweep(200);
            q.queue.sweep(200);
        });
        assertEquals(ids.subList(1021, 1022), q.startedIds(9));
        sweepAll();
        assertFalse(keys().containsKey("gone"));
        assertEquals(ids.subList(1022, LONG + 1), waiting());
    }

    @Test
    void aDrainIsNotDisturbed() {
        List<String> ids = addMany(LONG, PLAIN);
        cancel(ids.subList(3000, 3010));
        assertEquals(LONG - 10, q.queue.drain(100, () -> {
            q.queue.sweep(200);
            assertEquals(0, length("w:0.5"));
        }));
        assertFalse(keys().containsKey("w:0"));
    }

    @Test
    void theSweepRemovesJobsThatWereNotStartedInTime() {
        NewJob ttl = withTtl(1000);
        List<String> ids = q.add(ttl, ttl.withGroup("a"), grouped("a"), ttl, ttl.withDelay(Duration.ofMillis(500)));
        q.queue.release(List.of(q.startOne().leaseToken()));
        String start = q.queue.listen();
        q.pass(1000);
        assertEquals(List.of(5L, 0L), List.of(q.counts().waiting(), q.counts().removed()));
        q.pass(1);
        assertEquals(List.of(3L, 2L), List.of(q.counts().waiting(), q.counts().removed()), "one was handed out before");
        assertEquals(List.of("job.expired 1", "job.expired 3"), q.told(start, ids));
        assertEquals(List.of(ids.get(0), ids.get(4), ids.get(2)), waiting());
        assertEquals(3, length("w:0"));
        assertEquals(ids.subList(4, 5), keys().get("expiring").subList(0, 1));
        q.pass(500);
        assertEquals(2, q.counts().waiting());
        assertFalse(keys().containsKey("expiring"));
    }

    @Test
    void aSweepRemovesNoMoreThanItMayAndSaysThatThereIsMore() {
        addMany(7, withTtl(1000));
        addMany(3, withTtl(1000).withDelay(Duration.ofMillis(1)));
        q.pass(1003);
        assertTrue(q.queue.sweep(3).more());
        assertEquals(List.of(3L, 7L), List.of(StoredQueue.of(q.redis).stat("removed"), 7L));
        sweepAll();
        assertEquals(10, q.counts().removed());
        assertEquals(List.of(), waiting());
    }

    @Test
    void theNextOfAGroupIsToldWhenTheSweepRemovesTheOneBeforeIt() {
        List<String> ids = q.add(withTtl(1000).withGroup("a"), grouped("a"));
        q.queue.pause("api");
        q.pass(1001);
        q.requireWoken(() -> q.queue.sweep(9));
        q.queue.pause("");
        assertEquals(ids.subList(1, 2), q.startedIds(9));
    }

    @Test
    void aJobThatIsStartedCancelledOrDrainedNoLongerExpires() {
        List<String> ids = q.add(withTtl(1000), withTtl(1000), withTtl(1000), withTtl(1000));
        q.startOne();
        q.queue.cancel(ids.get(1));
        assertEquals(4, keys().get("expiring").size());
        q.queue.drain(9, () -> {});
        assertFalse(keys().containsKey("expiring"));
    }
}
