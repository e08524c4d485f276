package dev.millrace.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.store.StoredJob;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/** To look at jobs and steer them. */
@Singleton
public class Jobs {

    public static final List<String> STATES = List.of(Job.WAITING, Job.DELAYED, Job.ACTIVE, Job.DEAD, Job.COMPLETED);
    private static final Pattern CURSOR = Pattern.compile("[zwg]:-?\\d{0,20}:\\d{1,15}");

    private final Queues queues;
    private final ScriptRunner scripts;
    private final Script look;
    private final Script list;
    private final Script cancel;
    private final Script retry;

    Jobs(Queues queues, ScriptRunner scripts) {
        this.queues = queues;
        this.scripts = scripts;
        this.look = scripts.get("queue/look-1");
        this.list = scripts.get("queue/list-1");
        this.cancel = scripts.get("queue/cancel-1");
        this.retry = scripts.get("queue/retry-1");
    }

    /** One job; fails with 404. */
    public Uni<Job> look(QueueName queue, String id) {
        return queues.settings(queue).flatMap(s -> run(queue, look, List.of(id)).map(reply -> {
            if (reply.get(0).size() == 0) {
                throw unknown();
            }
            return job(id, reply.get(0), s);
        }));
    }

    /** Jobs in a state. */
    public Uni<Page<Job>> list(QueueName queue, String state, int limit, String cursor) {
        String place = cursor == null ? "" : Page.decode(cursor);
        if (place == null || !place.isEmpty() && !CURSOR.matcher(place).matches()) {
            throw Page.invalidCursor();
        }
        return run(queue, list, List.of(state, place, Integer.toString(limit))).flatMap(reply -> {
            List<String> ids = new ArrayList<>();
            List<String> places = new ArrayList<>();
            for (int i = 1; i < reply.size(); i += 2) {
                ids.add(reply.get(i).toString());
                places.add(reply.get(i + 1).toString());
            }
            String next = reply.get(0).toString();
            return ids.isEmpty()
                    ? Uni.createFrom().item(page(List.of(), next))
                    : queues.settings(queue).flatMap(s -> run(queue, look, ids)
                            .map(shown -> page(state, ids, places, next, shown, s)));
        });
    }

    /** Jobs that moved on since they were listed are left out; what was too much for one answer is on the next page. */
    private static Page<Job> page(String state, List<String> ids, List<String> places, String next, Response shown,
            QueueSettings settings) {
        List<Job> items = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            Response one = shown.get(i);
            if (one.size() > 0 && one.get(0).toString().equals(state)) {
                items.add(job(ids.get(i), one, settings));
            }
        }
        return page(items, shown.size() < ids.size() ? places.get(shown.size() - 1) : next);
    }

    private static Page<Job> page(List<Job> items, String next) {
        return new Page<>(items, next.isEmpty() ? null : Page.encode(next));
    }

    private static Job job(String id, Response r, QueueSettings settings) {
        return new StoredJob(id, r.get(2).toString(), r.get(3).toString())
                .seen(r.get(0).toString(), r.get(1).toLong(), text(r.get(4)), text(r.get(5)), text(r.get(6)), settings);
    }

    private static String text(Response r) {
        String text = r.toString();
        return text.isEmpty() ? null : text;
    }

    /** Whether the job is removed; else a worker has it, and will be told. Fails with 404. */
    public Uni<Boolean> cancel(QueueName queue, String id) {
        return run(queue, cancel, List.of(id)).map(reply -> switch (reply.toInteger()) {
            case 1 -> true;
            case 2 -> false;
            default -> throw unknown();
        });
    }

    /** Makes a dead or delayed job ready; fails with 404 or 409. */
    public Uni<Job> retry(QueueName queue, String id) {
        return run(queue, retry, List.of(id)).flatMap(reply -> switch (reply.toString()) {
            case "ok" -> look(queue, id);
            case "gone" -> throw unknown();
            case "taken" -> throw new ApiException(ErrorCode.JOB_STATE, "Another job has its unique key");
            default -> throw new ApiException(ErrorCode.JOB_STATE, "It is " + reply);
        });
    }

    private static ApiException unknown() {
        return new ApiException(ErrorCode.JOB_UNKNOWN, null);
    }

    private Uni<Response> run(QueueName queue, Script script, List<String> args) {
        return scripts.run(script, List.of(queue.key("meta")), args);
    }
}
