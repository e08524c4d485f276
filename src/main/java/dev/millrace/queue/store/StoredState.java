package dev.millrace.queue.store;

import java.util.Set;

import io.vertx.redis.client.Response;

import dev.millrace.queue.model.Job;

/** The words by which {@code lua/queue/jobs.lua} says where a job is. */
final class StoredState {

    /** There is no such job. */
    static final String GONE = "gone";

    static final Set<String> WORDS = Set.of(GONE, Job.WAITING, Job.DELAYED, Job.ACTIVE, Job.DEAD, Job.COMPLETED);

    private StoredState() {}

    /**
     * Reads one.
     *
     * @throws IllegalStateException if it is none of {@link #WORDS}
     */
    static String of(Response word) {
        String state = word.toString();
        if (!WORDS.contains(state)) {
            throw new IllegalStateException("A script replied " + state + ", which is no state of a job");
        }
        return state;
    }
}
