package dev.millrace.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.model.QueueEvent;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.redis.VirtualRedis;

/** A queue on the virtual Redis, with the calls that examples make. */
final class ExampleQueue {

    /** Three attempts, a lease of 5 s, death at the first expired lease; ended jobs are kept for a minute. */
    static final QueueSettings SETTINGS = QueueSettings.DEFAULT.withLease(5000, 0).withRetention(60_000, 60_000);
    static final NewJob PLAIN = NewJob.of("t", null);

    final VirtualRedis redis = VirtualRedis.fresh();
    final VirtualQueue queue;

    ExampleQueue(QueueSettings settings) {
        this.queue = new VirtualQueue(redis, settings);
    }

    /** The same queue under other settings. */
    VirtualQueue with(QueueSettings settings) {
        return new VirtualQueue(redis, settings);
    }

    static NewJob delayed(long ms) {
        return PLAIN.withDelay(Duration.ofMillis(ms));
    }

    static NewJob grouped(String group) {
        return PLAIN.withGroup(group);
    }

    static NewJob unique(String key) {
        return PLAIN.withKeys(key, null);
    }

    static NewJob withTtl(long ms) {
        return PLAIN.withTtl(Duration.ofMillis(ms));
    }

    static NewJob[] many(int n, NewJob job) {
        return Collections.nCopies(n, job).toArray(NewJob[]::new);
    }

    static List<String> ids(List<Job> jobs) {
        return jobs.stream().map(Job::id).toList();
    }

    void pass(long ms) {
        redis.advance(ms * 1000);
    }

    List<String> add(NewJob... jobs) {
        return queue.enqueue(List.of(jobs)).stream().map(EnqueuedJob::id).toList();
    }

    String addOne(NewJob job) {
        return add(job).get(0);
    }

    /** Hands out up to so many jobs, to somebody who does not wait. */
    List<Job> start(int most) {
        return queue.reserve(List.of(new Reservation(most, 0)), false).jobs();
    }

    List<String> startedIds(int most) {
        return ids(start(most));
    }

    Job startOne() {
        List<Job> jobs = start(1);
        assertEquals(1, jobs.size(), "there is a job");
        return jobs.get(0);
    }

    JobStatus complete(Job job) {
        return queue.complete(List.of(new JobResult(job.id(), job.leaseToken(), null))).get(0);
    }

    /** {@code delayMs}: null for the backoff. */
    JobStatus fail(Job job, Long delayMs) {
        return fail(job, delayMs, 0);
    }

    JobStatus fail(Job job, Long delayMs, double luck) {
        Duration delay = delayMs == null ? null : Duration.ofMillis(delayMs);
        return queue.fail(List.of(JobFailure.retry(job.id(), job.leaseToken(), "E", delay)), luck).get(0);
    }

    JobStatus bury(Job job) {
        return queue.fail(List.of(JobFailure.dead(job.id(), job.leaseToken(), "E")), 0).get(0);
    }

    Job peek(String id) {
        return queue.peek(List.of(id)).get(0);
    }

    String state(String id) {
        Job job = peek(id);
        return job == null ? "gone" : job.state();
    }

    List<String> states(List<String> ids) {
        return ids.stream().map(this::state).toList();
    }

    /** Once what time asks for is done. */
    QueueCounts counts() {
        return queue.sweep(1000).snapshot().counts();
    }

    /** The types of the events after a position, each with the place in {@code jobs} of the job that it is about. */
    List<String> told(String after, List<String> jobs) {
        List<String> told = new ArrayList<>();
        for (QueueEvent event : queue.events(after, 100)) {
            int place = jobs.indexOf(event.fields().get("id"));
            told.add(event.type() + (place < 0 ? "" : " " + place));
        }
        return told;
    }

    /** A worker asks for jobs, gets none, and waits. */
    void await() {
        assertEquals(List.of(), queue.reserve(List.of(new Reservation(1, 0)), true).jobs());
        assertTrue(isAwaited());
    }

    void requireWoken(Runnable deed) {
        await();
        deed.run();
        assertFalse(isAwaited(), "it is told, and asks again");
    }

    void requireNotWoken(Runnable deed) {
        await();
        deed.run();
        assertTrue(isAwaited(), "there is nothing to tell");
    }

    /** Whether a worker waits for jobs, so that it is told of the next. */
    boolean isAwaited() {
        return redis.call("HGET", VirtualQueue.META, "wait") != null;
    }
}
