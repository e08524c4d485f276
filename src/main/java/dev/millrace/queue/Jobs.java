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

    private static final Pattern CURSOR = Pattern.compile("[zwg]:-?\\d{0,20}:\\d{1,15}");

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
        return store.list(queue, state, position, limit).flatMap(listed -> listed.ids().isEmpty()
                ? Uni.createFrom().item(page(List.of(), listed.next()))
                : queues.settings(queue).flatMap(s -> store.peek(queue, listed.ids(), s)
                        .map(jobs -> page(state, listed, jobs))));
    }

    /** Leaves out jobs that have left the state since they were listed. Jobs that did not fit the reply begin the next page. */
    private static Page<Job> page(String state, JobIds listed, List<@Nullable Job> jobs) {
        List<Job> items = new ArrayList<>();
        for (Job job : jobs) {
            if (job != null && state.equals(job.state())) {
                items.add(job);
            }
        }
        return page(items,
                jobs.size() < listed.ids().size() ? listed.positions().get(jobs.size() - 1) : listed.next());
    }

    private static Page<Job> page(List<Job> items, String next) {
        return new Page<>(items, next.isEmpty() ? null : Page.encode(next));
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
            case WAITING, ACTIVE, COMPLETED -> throw new ApiException(ErrorCode.JOB_STATE, "The job is " + outcome);
        });
    }

    private static ApiException unknown() {
        return new ApiException(ErrorCode.JOB_UNKNOWN, null);
    }
}
