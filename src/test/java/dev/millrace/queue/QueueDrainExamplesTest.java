package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.grouped;
import static dev.millrace.queue.ExampleQueue.many;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.OnDuplicate;
import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.model.QueueDefinition.Rate;

/** A drain removes what waits or is delayed when it begins, and nothing else, however many jobs one of its calls removes. */
class QueueDrainExamplesTest {

    private static final Runnable NOTHING = () -> {};

    private ExampleQueue q = new ExampleQueue(SETTINGS);

    private List<Long> counts() {
        QueueCounts c = q.counts();
        return List.of(c.waiting(), c.delayed(), c.active(), c.dead(), c.kept(), c.removed());
    }

    /** Without those that are removed, which may still be listed. */
    private List<String> waiting() {
        return q.queue.list("waiting", 1000).stream().filter(id -> q.peek(id) != null).toList();
    }

    @Test
    void whatIsActiveOrHasEndedStays() {
        for (int most : List.of(1, 2, 3, 100)) {
            q = new ExampleQueue(SETTINGS);
            q.add(PLAIN, PLAIN, PLAIN);
            List<Job> jobs = q.start(3);
            q.complete(jobs.get(0));
            q.bury(jobs.get(1));
            q.add(PLAIN, PLAIN.withPriority(7), PLAIN, PLAIN.withPriority(-7), delayed(9000), delayed(8000),
                    delayed(7000));
            assertEquals(7, q.queue.drain(most, NOTHING));
            assertEquals(List.of(0L, 0L, 1L, 1L, 1L, 7L), counts());
        }
    }

    /** It would run after the drain. */
    @Test
    void whatIsPlannedForTheEndOfAnActiveJobIsRemoved() {
        for (int most : List.of(1, 100)) {
            q = new ExampleQueue(SETTINGS);
            NewJob rerun = ExampleQueue.unique("k").withDuplicates(null, OnDuplicate.RERUN, null, null);
            q.add(rerun);
            Job active = q.startOne();
            q.add(rerun);
            q.add(PLAIN, delayed(9000));
            assertEquals(2, q.queue.drain(most, NOTHING));
            q.complete(active);
            assertEquals(List.of(), q.start(9));
            assertEquals(List.of(0L, 0L, 0L, 0L, 1L, 2L), counts());
        }
    }

    @Test
    void nothingIsLeftOfTheLines() {
        q.add(PLAIN, PLAIN.withPriority(7), grouped("a"), grouped("a"), delayed(9000));
        q.queue.drain(2, NOTHING);
        assertEquals(Set.of("meta", "stats"), StoredQueue.of(q.redis).keys().keySet());
    }

    /** It looks at five thousand of them in a call. */
    @Test
    void anOlderJobBeforeThousandsOfNewerOnesIsRemoved() {
        q.add(grouped("a"), grouped("a"), PLAIN);
        Job head = q.startOne();
        assertEquals(2, q.queue.drain(100, () -> {
            q.add(PLAIN);
            q.complete(head);
            for (int i = 0; i < 5; i++) {
                q.add(many(1000, PLAIN));
            }
        }));
        assertEquals(5001, q.counts().waiting());
    }

    @Test
    void aCallRemovesNoMoreThanItMay() {
        q.add(many(5, delayed(9000)));
        q.add(many(5, PLAIN));
        q.add(many(5, PLAIN.withPriority(1)));
        List<Long> removed = q.queue.drainByCalls(2);
        assertEquals(15, removed.stream().mapToLong(Long::longValue).sum());
        assertTrue(removed.stream().allMatch(n -> n <= 2), removed::toString);
    }

    @Test
    void jobsThatAreParkedMeanwhileAreRemoved() {
        q.queue.limit("g", new GroupDefinition(9, new Rate(1, Duration.ofHours(1))), 9);
        q.add(many(9, grouped("g")));
        assertEquals(1, q.start(1).size());
        assertEquals(8, q.queue.drain(1, NOTHING, () -> q.start(9)));
        assertEquals(List.of(0L, 0L, 1L, 0L, 0L, 8L), counts());
    }

    @Test
    void anEmptyQueueIsDrainedInFewCalls() {
        assertEquals(0, q.queue.drain(100, NOTHING));
        assertTrue(q.queue.drainByCalls(100).size() < 5);
    }

    @Test
    void allThatStandBehindTheHeadsOfTheirGroupsAreRemoved() {
        for (int most : List.of(1, 2, 3, 4, 100)) {
            q = new ExampleQueue(SETTINGS);
            q.add(grouped("a"), grouped("b"));
            q.start(2);
            q.add(many(5, grouped("a")));
            q.add(many(4, grouped("b")));
            assertEquals(9, q.queue.drain(most, NOTHING), () -> "by " + most);
            assertEquals(List.of(0L, 0L, 2L, 0L, 0L, 9L), counts());
        }
    }

    @Test
    void newerOnesBehindTheHeadOfAGroupStay() {
        q.add(grouped("a"));
        Job head = q.startOne();
        q.add(many(3, grouped("a")));
        List<String> newer = new ArrayList<>();
        assertEquals(3, q.queue.drain(2, () -> newer.addAll(q.add(grouped("a"), grouped("a")))));
        assertEquals(newer, waiting());
        q.complete(head);
        assertEquals(newer.subList(0, 1), q.startedIds(9));
    }

    /** So many that one look finds neither all groups nor all delayed jobs. */
    @Test
    void manyGroupsAndManyDelayedJobsAreDrained() {
        NewJob[] each = IntStream.range(0, 700).mapToObj(i -> grouped("g" + i)).toArray(NewJob[]::new);
        q.add(each);
        q.start(1000);
        q.add(each);
        q.add(each);
        q.add(many(700, delayed(90_000)));
        List<String> newer = new ArrayList<>();
        assertEquals(2100, q.queue.drain(300, () -> {
            newer.addAll(q.add(many(400, delayed(50_000))));
            newer.addAll(q.add(PLAIN));
        }));
        assertEquals(List.of(1L, 400L, 700L, 0L, 0L, 2100L), counts());
        assertEquals(newer.subList(400, 401), waiting());
    }

    /** It becomes ready as the last of the line. */
    @Test
    void anOlderJobAtTheVeryEndOfALineOfNewerOnesIsRemoved() {
        for (int newer = 0; newer < 12; newer++) {
            for (int most : List.of(1, 100)) {
                q = new ExampleQueue(SETTINGS);
                q.add(grouped("a"), grouped("a"), PLAIN);
                Job head = q.startOne();
                List<String> added = new ArrayList<>();
                int n = newer;
                assertEquals(2, q.queue.drain(most, () -> {
                    if (n > 0) {
                        added.addAll(q.add(many(n, PLAIN)));
                    }
                    q.complete(head);
                }));
                assertEquals(added, waiting());
            }
        }
    }

    /** Some older ones among them, as they were delayed, some at the front, some at the end; and more come with each call. */
    @Test
    void olderJobsAmongNewerOnesAreRemovedWhileMoreCome() {
        for (int most : List.of(1, 2, 3, 100)) {
            q = new ExampleQueue(SETTINGS.withLease(600_000, 9));
            List<NewJob> heads = IntStream.range(0, 12).mapToObj(i -> grouped("g" + i)).toList();
            q.add(heads.toArray(NewJob[]::new));
            List<Job> active = new ArrayList<>(q.start(12));
            q.add(heads.toArray(NewJob[]::new));
            q.add(many(3, PLAIN));
            List<String> newer = new ArrayList<>();
            long removed = q.queue.drain(most, () -> {
                for (int i = 0; i < 4; i++) {
                    newer.addAll(q.add(many(i + 1, PLAIN)));
                    q.complete(active.remove(0));
                    q.complete(active.remove(0));
                }
            }, () -> {
                newer.addAll(q.add(PLAIN));
                if (!active.isEmpty()) {
                    q.complete(active.remove(0));
                }
            });
            assertEquals(15, removed, () -> "by " + most);
            active.forEach(q::complete);
            assertEquals(newer, waiting());
        }
    }
}
