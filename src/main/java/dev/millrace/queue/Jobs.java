package dev.millrace.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.store.JobIds;
import dev.millrace.queue.store.JobStore;

/** Reads, lists, cancels and retries single jobs. */
@Singleton
public class Jobs {

    /** The states that jobs can be listed by. */
    public static final List<String> STATES = List.of(Job.WAITING, Job.DELAYED, Job.ACTIVE, Job.DEAD, Job.COMPLETED);

    private static final String UNKNOWN = "Check the queue and the id. Ended jobs are retained as the settings of the queue say";
    private static final Pattern CURSOR = Pattern.compile("[zwgp]:-?\\d{0,20}:\\d{1,15}");

    /** How many parts of a list without a job to show are passed in one call. Each is up to 5,000 ids, so the call is bounded. */
    private static final int MAX_EMPTY_PARTS = 100;

    /** Jobs of a list, and where it continues; empty at its end. */
    private record Part(List<Job> jobs, String next) {}

    private final Queues queues;
    private final JobStore store;

    Jobs(Queues queues, JobStore store) {
        this.queues = queues;
        this.store = store;
    }

    /** Reads a job; fails with 404 if it is unknown. */
    public Uni<Job> peek(QueueName queue, String id) {
        return queues.settings(queue).flatMap(s -> store.peek(queue, List.of(id), s).map(found -> {
            Job job = found.get(0);
            if (job == null) {
                throw unknown();
            }
            return job;
        }));
    }

    /**
     * Lists jobs in a state, a page at a time.
     *
     * @param state one of {@link #STATES}
     * @param cursor of the page before; null for the first page; fails with 400 if it is not one
     */
    public Uni<Page<Job>> list(QueueName queue, String state, int limit, @Nullable String cursor) {
        String position = cursor == null ? "" : Page.decode(cursor);
        if (position == null || !position.isEmpty() && !CURSOR.matcher(position).matches()) {
            throw Page.invalidCursor();
        }
        return list(queue, state, limit, position, MAX_EMPTY_PARTS)
                .map(part -> new Page<>(part.jobs(), part.next().isEmpty() ? null : Page.encode(part.next())));
    }

    /** Goes on until there are jobs to show, past those that have left the state, or to the end. {@code more}: parts at most */
    private Uni<Part> list(QueueName queue, String state, int limit, String position, int more) {
        return store.list(queue, state, position, limit).flatMap(listed -> listed.ids().isEmpty()
                ? Uni.createFrom().item(new Part(List.of(), listed.next()))
                : queues.settings(queue).flatMap(s -> store.peek(queue, listed.ids(), s)
                        .map(jobs -> part(state, listed, jobs))))
                .flatMap(part -> part.jobs().isEmpty() && !part.next().isEmpty() && more > 0
                        ? list(queue, state, limit, part.next(), more - 1)
                        : Uni.createFrom().item(part));
    }

    /** Leaves out jobs that have left the state since they were listed. Jobs that did not fit the reply begin the next page. */
    private static Part part(String state, JobIds listed, List<@Nullable Job> jobs) {
        List<Job> items = new ArrayList<>();
        for (Job job : jobs) {
            if (job != null && state.equals(job.state())) {
                items.add(job);
            }
        }
        return new Part(items,
                jobs.size() < listed.ids().size() ? listed.positions().get(jobs.size() - 1) : listed.next());
    }

    /** Cancels a job. Returns true if it is removed, false if a worker has it and will be told; fails with 404 if it is unknown. */
    public Uni<Boolean> cancel(QueueName queue, String id) {
        return store.cancel(queue, id).map(outcome -> switch (outcome) {
            case REMOVED -> true;
            case REQUESTED -> false;
            case UNKNOWN -> throw unknown();
        });
    }

    /** Makes a dead or delayed job ready; fails with 404 if it is unknown, and with 409 in another state or if its unique key is taken. */
    public Uni<Job> retry(QueueName queue, String id) {
        return store.retry(queue, id).flatMap(outcome -> switch (outcome) {
            case OK -> peek(queue, id);
            case GONE -> throw unknown();
            case TAKEN -> throw new ApiException(ErrorCode.JOB_STATE, "Another job has its unique key");
            case WAITING, ACTIVE, COMPLETED -> throw new ApiException(ErrorCode.JOB_STATE,
                    "Only dead and delayed jobs can be retried. The job is " + outcome);
        });
    }

    /** The {@link ErrorCode#JOB_UNKNOWN} of every call. */
    public static ApiException unknown() {
        return new ApiException(ErrorCode.JOB_UNKNOWN, UNKNOWN);
    }
}
