package dev.millrace.queue.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.json.Timestamps;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;
import dev.millrace.redis.Keys;

/** A job to enqueue. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "NewJob")
public record NewJob(
        @Schema(description = "What kind of work it is: up to 128 characters", required = true, examples = "email.welcome") String type,
        @Schema(description = "What the worker needs to know; up to 256 KB", examples = "{\"userId\":\"user-42\"}") JsonValue data,
        @Schema(description = "-1000 to 1000; higher ones go first", defaultValue = "0", examples = "0") Integer priority,
        @Schema(description = "How long it stays back, up to 400 d", type = SchemaType.STRING, examples = "10m") Duration delay,
        @Schema(description = "In place of `delay`: when it is due; up to 400 d from now", examples = "2026-12-24T18:00:00Z") String runAt,
        @Schema(description = "1 to 1000; default the queue's", examples = "5") Integer maxAttempts,
        @Schema(description = "Waits between attempts; default the queue's") Backoff backoff,
        @Schema(description = "How long a worker has before it is handed out again, 1 s to 24 h; default the queue's", type = SchemaType.STRING, examples = "1m") Duration lease,
        @Schema(description = "While a job with this key lives, it stands for others with it", examples = "report-2026-11") String uniqueKey,
        @Schema(description = "For 24 h, the first job with this key stands for others with it", examples = "order-4711-mail") String idempotencyKey,
        @Schema(description = "Jobs of one group run in order, one at a time", examples = "user-42") String group,
        @Schema(description = "How long after it is due it may still be started, 1 s to 400 d; default any time", type = SchemaType.STRING, examples = "1h") Duration ttl) {

    static final NewJob NONE = new NewJob(null, null, null, null, null, null, null, null, null, null, null, null);
    static final int MOST_ATTEMPTS = 1000;
    public static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    public static final Duration LONGEST_LEASE = Duration.ofHours(24);
    private static final Duration FURTHEST = Duration.ofDays(400);
    private static final int MOST_PRIORITY = 1000;
    private static final int LONGEST_TYPE = 128;

    /** What is wrong with it; empty if nothing is. {@code at} is in front of the names of fields. */
    public List<Violation> violations(String at) {
        List<Violation> found = new ArrayList<>(0);
        String problem = typeProblem(type);
        if (problem != null) {
            found.add(new Violation(at + "type", problem));
        }
        QueueDefinition.check(found, at, "priority", priority, -MOST_PRIORITY, MOST_PRIORITY);
        QueueDefinition.check(found, at, "delay", delay, Duration.ZERO, FURTHEST, "0 and 400 days");
        if (runAt != null) {
            if (delay != null) {
                found.add(new Violation(at + "runAt", "must not be given together with delay"));
            }
            try {
                // By the clock of this machine, for which no job is early or late: that of Redis says when it is due.
                if (Timestamps.parse(at + "runAt", runAt) > System.currentTimeMillis() + FURTHEST.toMillis()) {
                    found.add(new Violation(at + "runAt", "must be at most 400 days from now"));
                }
            } catch (ApiException e) {
                found.addAll(e.violations());
            }
        }
        QueueDefinition.check(found, at, "maxAttempts", maxAttempts, 1, MOST_ATTEMPTS);
        if (backoff != null) {
            found.addAll(backoff.violations(at + "backoff"));
        }
        QueueDefinition.check(found, at, "lease", lease, SHORTEST_LEASE, LONGEST_LEASE, "1 s and 24 h");
        QueueDefinition.check(found, at, "ttl", ttl, Duration.ofSeconds(1), FURTHEST, "1 s and 400 days");
        checkKey(found, at, "uniqueKey", uniqueKey);
        checkKey(found, at, "idempotencyKey", idempotencyKey);
        checkKey(found, at, "group", group);
        return found;
    }

    private static void checkKey(List<Violation> found, String at, String field, String key) {
        String problem = key == null ? null : Keys.identifierProblem(key);
        if (problem != null) {
            found.add(new Violation(at + field, problem));
        }
    }

    private static String typeProblem(String type) {
        if (type == null || type.isEmpty()) {
            return "must not be empty";
        }
        if (type.length() > LONGEST_TYPE) {
            return "must be at most " + LONGEST_TYPE + " characters";
        }
        for (int i = 0; i < type.length(); i++) {
            if (Character.isISOControl(type.charAt(i))) {
                return "must not contain control characters";
            }
        }
        return Keys.identifierProblem(type);
    }

    /** What is special about it, as enqueue-1.lua reads it; empty if nothing is. */
    public String special() {
        if (priority == null && delay == null && runAt == null && lease == null && uniqueKey == null
                && idempotencyKey == null && group == null && ttl == null) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        append(out, " p", priority == null || priority == 0 ? null : priority);
        append(out, " d", delay == null || delay.isZero() ? null : delay.toMillis());
        append(out, " D", runAt == null ? null : Math.max(0, Timestamps.parse("runAt", runAt)));
        append(out, " l", lease == null ? null : lease.toMillis());
        append(out, " t", ttl == null ? null : ttl.toMillis());
        append(out, " u", uniqueKey == null ? null : Keys.encode(uniqueKey));
        append(out, " i", idempotencyKey == null ? null : Keys.encode(idempotencyKey));
        append(out, " g", group == null ? null : Keys.encode(group));
        return out.toString();
    }

    /** The end of its body in Redis, from its options on. {@code schedule}: the name of the one it is of, or null. */
    public String packed(String schedule) {
        StringBuilder out = new StringBuilder(64);
        append(out, " a", maxAttempts);
        append(out, " b", backoff == null ? null : backoff.packed());
        append(out, " s", schedule);
        return out.append('\n').append(type).append('\n').append(data == null ? "null" : data.text()).toString();
    }

    private static void append(StringBuilder out, String mark, Object value) {
        if (value != null) {
            out.append(mark).append(value);
        }
    }
}
