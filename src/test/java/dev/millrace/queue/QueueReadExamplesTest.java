package dev.millrace.queue;

import static dev.millrace.queue.ExampleQueue.PLAIN;
import static dev.millrace.queue.ExampleQueue.SETTINGS;
import static dev.millrace.queue.ExampleQueue.delayed;
import static dev.millrace.queue.ExampleQueue.grouped;
import static dev.millrace.queue.ExampleQueue.many;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.store.JobIds;

/** What those see who read jobs and list them. */
class QueueReadExamplesTest {

    private final ExampleQueue q = new ExampleQueue(SETTINGS);

    private static Long ms(String instant) {
        return instant == null ? null : Long.valueOf(Instant.parse(instant).toEpochMilli());
    }

    /** A number of each state. */
    private List<String> someOfEach() {
        List<String> ids = q.add(PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, delayed(9000), delayed(8000), PLAIN);
        for (Job job : q.start(2)) {
            q.complete(job);
            q.pass(1);
        }
        for (Job job : q.start(2)) {
            q.bury(job);
            q.pass(1);
        }
        q.start(1);
        q.pass(1);
        q.start(1);
        return ids;
    }

    @Test
    void aJobShowsWhereItIsAndSinceWhenOrUntilWhen() {
        long began = q.queue.now();
        List<String> ids = someOfEach();
        List<Job> jobs = q.queue.peek(ids);
        assertEquals(List.of("completed", "completed", "dead", "dead", "active", "active", "delayed", "delayed",
                "waiting"), jobs.stream().map(Job::state).toList());
        assertEquals(List.of(began, began + 1, began + 2, began + 3),
                jobs.subList(0, 4).stream().map(job -> ms(job.finishedAt())).toList());
        assertEquals(List.of(began + 5004, began + 5005),
                jobs.subList(4, 6).stream().map(job -> ms(job.leaseExpiresAt())).toList());
        assertEquals(List.of(began + 9000, began + 8000),
                jobs.subList(6, 8).stream().map(job -> ms(job.dueAt())).toList());
        assertEquals(began, ms(jobs.get(8).enqueuedAt()));
        assertNull(jobs.get(8).dueAt());
    }

    @Test
    void whatIsNotThereIsNotShown() {
        String id = q.addOne(PLAIN);
        List<Job> jobs = q.queue.peek(List.of("7", id, "8"));
        assertNull(jobs.get(0));
        assertEquals(id, jobs.get(1).id());
        assertNull(jobs.get(2));
    }

    @Test
    void aJobShowsItsErrorItsProgressAndItsResult() {
        String id = q.addOne(PLAIN);
        Job job = q.startOne();
        q.queue.extend(List.of(new LeaseExtension(id, job.leaseToken(), null, new JsonValue("50"))));
        q.fail(job, 0L);
        q.queue.complete(List.of(new JobResult(id, q.startOne().leaseToken(), new JsonValue("\"done\""))));
        Job shown = q.peek(id);
        assertEquals(List.of("E", "50", "\"done\""),
                List.of(shown.error(), shown.progress().text(), shown.result().text()));
        Job plain = q.peek(q.addOne(PLAIN));
        assertNull(plain.error());
        assertNull(plain.progress());
        assertNull(plain.result());
    }

    @Test
    void noMoreThanOneMegabyteIsShownTogether() {
        List<String> ids = q.add(many(20, large(256)));
        // The ones beyond 1 MB, with what is kept beside the data, are left out.
        assertEquals(3, q.queue.peek(ids).size());
        String error = "x".repeat(JobFailure.MAX_ERROR);
        for (Job job : q.start(20)) {
            q.queue.fail(List.of(JobFailure.dead(job.id(), job.leaseToken(), error)), 0);
        }
        assertEquals(3, q.queue.peek(ids).size());
    }

    @Test
    void aJobThatIsLargerThanThatIsShownAlone() {
        List<String> ids = q.add(large(1500), large(800), large(800), PLAIN);
        assertEquals(1, q.queue.peek(ids.subList(0, 1)).size());
        assertEquals(1, q.queue.peek(ids.subList(1, 4)).size());
        assertEquals(2, q.queue.peek(ids.subList(2, 4)).size());
    }

    private static NewJob large(int kilobytes) {
        return NewJob.of("t", new JsonValue('"' + "x".repeat(kilobytes * 1024 - 2) + '"'));
    }

    @Test
    void jobsAreListedByTheirTimes() {
        List<String> ids = someOfEach();
        for (int limit : List.of(1, 2, 3)) {
            assertEquals(List.of(ids.get(1), ids.get(0)), q.queue.list("completed", limit));
            assertEquals(List.of(ids.get(3), ids.get(2)), q.queue.list("dead", limit));
            assertEquals(List.of(ids.get(4), ids.get(5)), q.queue.list("active", limit));
            assertEquals(List.of(ids.get(7), ids.get(6)), q.queue.list("delayed", limit));
            assertEquals(List.of(ids.get(8)), q.queue.list("waiting", limit));
        }
    }

    @Test
    void aPageIsAsLongAsItMayBeAndTheLastOneHasNoNext() {
        q.add(delayed(1), delayed(2), delayed(3));
        JobIds page = q.queue.page("delayed", "", 2);
        assertEquals(2, page.ids().size());
        assertEquals("", q.queue.page("delayed", "", 3).next(), "no empty page follows");
        JobIds rest = q.queue.page("delayed", page.next(), 2);
        assertEquals(1, rest.ids().size());
        assertEquals("", rest.next());
    }

    @Test
    void aPageMayBeginAtThePlaceOfAnyJobOfThePageBefore() {
        List<String> delayed = q.add(delayed(1), delayed(2), delayed(3));
        List<String> waiting = q.add(PLAIN.withPriority(2), PLAIN.withPriority(2), PLAIN, PLAIN, grouped("a"),
                grouped("a"), grouped("a"), grouped("a"));
        requireAnyPlace("delayed", delayed);
        requireAnyPlace("waiting", waiting);
    }

    private void requireAnyPlace(String state, List<String> ids) {
        JobIds all = q.queue.page(state, "", 100);
        assertEquals(ids, all.ids());
        for (int i = 0; i < ids.size(); i++) {
            for (int limit : List.of(1, 2, 100)) {
                List<String> rest = ids.subList(i + 1, ids.size());
                List<String> page = q.queue.page(state, all.positions().get(i), limit).ids();
                assertEquals(rest.subList(0, Math.min(limit, rest.size())), page, state + " after " + i);
            }
        }
    }

    @Test
    void waitingJobsAreListedByPriorityThenThoseBehindTheHeadsOfTheirGroups() {
        List<String> ids = q.add(PLAIN, PLAIN.withPriority(5), grouped("a"), grouped("a"), PLAIN.withPriority(-5),
                PLAIN.withPriority(5), grouped("a").withPriority(9));
        List<String> expected = Stream.of(1, 5, 0, 2, 4, 3, 6).map(ids::get).toList();
        for (int limit = 1; limit < 9; limit++) {
            assertEquals(expected, q.queue.list("waiting", limit));
        }
    }

    @Test
    void allGroupsAreListedHoweverMany() {
        NewJob[] heads = IntStream.range(0, 700).mapToObj(i -> grouped("g" + i)).toArray(NewJob[]::new);
        List<String> ids = new ArrayList<>(q.add(heads));
        ids.addAll(q.add(heads));
        ids.addAll(q.add(heads));
        for (int limit : List.of(1000, 7)) {
            List<String> listed = q.queue.list("waiting", limit);
            assertEquals(ids.subList(0, 700), listed.subList(0, 700));
            assertEquals(new TreeSet<>(ids), new TreeSet<>(listed));
            assertEquals(ids.size(), listed.size(), "each of them once");
        }
    }

    @Test
    void anEmptyQueueListsNothing() {
        for (String state : List.of("waiting", "delayed", "active", "dead", "completed")) {
            JobIds page = q.queue.page(state, "", 5);
            assertEquals(Collections.emptyList(), page.ids());
            assertEquals("", page.next());
        }
    }
}
