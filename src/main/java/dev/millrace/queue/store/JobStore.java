package dev.millrace.queue.store;

import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/** Single jobs in Redis: to read, list, cancel and retry them. */
@Singleton
public class JobStore {

    private static final ReplyCodes<CancelOutcome> CANCEL_OUTCOMES = ReplyCodes.of(CancelOutcome.class);
    private static final ReplyCodes<RetryOutcome> RETRY_OUTCOMES = ReplyCodes.of(RetryOutcome.class);

    private final ScriptRunner scripts;
    private final Script peek;
    private final Script list;
    private final Script cancel;
    private final Script retry;

    JobStore(ScriptRunner scripts) {
        this.scripts = scripts;
        this.peek = scripts.get("queue/peek-1");
        this.list = scripts.get("queue/list-1");
        this.cancel = scripts.get("queue/cancel-1");
        this.retry = scripts.get("queue/retry-1");
    }

    /**
     * Reads jobs.
     *
     * @return one for each id in order, null where there is no such job; fewer than ids if they are too large for one reply
     */
    public Uni<List<@Nullable Job>> peek(QueueName queue, List<String> ids, QueueSettings settings) {
        return run(queue, peek, ids).map(reply -> {
            List<@Nullable Job> jobs = new ArrayList<>(reply.size());
            for (int i = 0; i < reply.size(); i++) {
                jobs.add(reply.get(i).size() == 0 ? null : job(ids.get(i), reply.get(i), settings));
            }
            return jobs;
        });
    }

    /**
     * Lists jobs in a state.
     *
     * @param position where to begin: {@link JobIds#next} of the page before; empty for the beginning
     */
    public Uni<JobIds> list(QueueName queue, String state, String position, int limit) {
        return run(queue, list, List.of(state, position, Integer.toString(limit))).map(reply -> {
            List<String> ids = new ArrayList<>();
            List<String> positions = new ArrayList<>();
            for (int i = 1; i < reply.size(); i += 2) {
                ids.add(reply.get(i).toString());
                positions.add(reply.get(i + 1).toString());
            }
            return new JobIds(ids, positions, reply.get(0).toString());
        });
    }

    /** Cancels a job. */
    public Uni<CancelOutcome> cancel(QueueName queue, String id) {
        return run(queue, cancel, List.of(id)).map(CANCEL_OUTCOMES::read);
    }

    /** Makes a dead or delayed job ready. */
    public Uni<RetryOutcome> retry(QueueName queue, String id) {
        return run(queue, retry, List.of(id)).map(RETRY_OUTCOMES::read);
    }

    private static Job job(String id, Response r, QueueSettings settings) {
        return new StoredJob(id, r.get(2).toString(), r.get(3).toString())
                .seen(StoredState.of(r.get(0)), r.get(1).toLong(), text(r.get(4)), text(r.get(5)), text(r.get(6)),
                        settings);
    }

    private static @Nullable String text(Response r) {
        String text = r.toString();
        return text.isEmpty() ? null : text;
    }

    private Uni<Response> run(QueueName queue, Script script, List<String> args) {
        return scripts.run(script, List.of(queue.metaKey()), args);
    }
}
