package dev.millrace.queue.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.json.Timestamps;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;
import dev.millrace.redis.Keys;

/** A job to enqueue. Null leaves a field at its default. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "NewJob")
public record NewJob(
        @Schema(description = "The kind of work, up to 128 characters", required = true, examples = "email.welcome") @Nullable String type,
        @Schema(description = "Any JSON for the worker, up to 256 KB", examples = "{\"userId\":\"user-42\"}") @Nullable JsonValue data,
        @Schema(description = "-1000 to 1000; higher priorities go first", defaultValue = "0", examples = "0") @Nullable Integer priority,
        @Schema(description = "How long until the job is due, up to 400 d", type = SchemaType.STRING, examples = "10m") @Nullable Duration delay,
        @Schema(description = "In place of `delay`: when the job is due, up to 400 d from now", examples = "2026-12-24T18:00:00Z") @Nullable String runAt,
        @Schema(description = "Maximum number of attempts, 1 to 1000; by default, the queue's", examples = "5") @Nullable Integer maxAttempts,
        @Schema(description = "Waits between attempts; by default, the queue's") @Nullable Backoff backoff,
        @Schema(description = "How long a worker has before the job is redelivered, 1 s to 24 h; by default, the queue's", type = SchemaType.STRING, examples = "1m") @Nullable Duration lease,
        @Schema(description = "While a job with this key is waiting, delayed or active, other jobs with it are duplicates", examples = "report-2026-11") @Nullable String uniqueKey,
        @Schema(description = "For 24 h after the first job with this key, other jobs with it are duplicates", examples = "order-4711-mail") @Nullable String idempotencyKey,
        @Schema(description = "Jobs of one group run in order, one at a time", examples = "user-42") @Nullable String group,
        @Schema(description = "How long after its due time the job may still start, 1 s to 400 d; unlimited by default", type = SchemaType.STRING, examples = "1h") @Nullable Duration ttl,
        @Schema(description = "How long the job has its `uniqueKey`: until it has `finished`, or until a worker has `started` it", type = SchemaType.STRING, enumeration = {
                "finished", "started"}, defaultValue = "finished") @Nullable UniqueUntil uniqueUntil,
        @Schema(description = "What happens if another job has this `uniqueKey`: `keep` leaves it unchanged, `replace` replaces its data, `rerun` also enqueues the new job when an active one ends", type = SchemaType.STRING, enumeration = {
                "keep", "replace", "rerun"}, defaultValue = "keep") @Nullable OnDuplicate onDuplicate,
        @Schema(description = "The job is due when no other job with its `uniqueKey` has been enqueued for this time; the newest data counts") @JsonDeserialize(using = Debounce.Reader.class) @Nullable Debounce debounce,
        @Schema(description = "Other jobs with this `uniqueKey` are duplicates for this time after the first one was enqueued, whatever happens to it; 1 ms to 400 d", type = SchemaType.STRING, examples = "10s") @Nullable Duration throttle){

    static final NewJob NONE = of(null, null);
    private static final int MAX_PRIORITY = 1000;
    private static final int MAX_TYPE_LENGTH = 128;

    /** A job with defaults for all other fields. {@code data} may be null. */
    public static NewJob of(@Nullable String type, @Nullable JsonValue data) {
        return new NewJob(type, data, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null);
    }

    /** The same with a priority. */
    public NewJob withPriority(@Nullable Integer priority) {
        return new NewJob(type, data, priority, delay, runAt, maxAttempts, backoff, lease, uniqueKey, idempotencyKey,
                group, ttl, uniqueUntil, onDuplicate, debounce, throttle);
    }

    /** The same, to start after a delay. */
    public NewJob withDelay(@Nullable Duration delay) {
        return new NewJob(type, data, priority, delay, runAt, maxAttempts, backoff, lease, uniqueKey, idempotencyKey,
                group, ttl, uniqueUntil, onDuplicate, debounce, throttle);
    }

    /** The same, to start at a time, as in RFC 3339. */
    public NewJob withRunAt(@Nullable String runAt) {
        return new NewJob(type, data, priority, delay, runAt, maxAttempts, backoff, lease, uniqueKey, idempotencyKey,
                group, ttl, uniqueUntil, onDuplicate, debounce, throttle);
    }

    /** The same with retries of its own; null for the queue's. */
    public NewJob withRetries(@Nullable Integer maxAttempts, @Nullable Backoff backoff) {
        return new NewJob(type, data, priority, delay, runAt, maxAttempts, backoff, lease, uniqueKey, idempotencyKey,
                group, ttl, uniqueUntil, onDuplicate, debounce, throttle);
    }

    /** The same with a lease of its own. */
    public NewJob withLease(@Nullable Duration lease) {
        return new NewJob(type, data, priority, delay, runAt, maxAttempts, backoff, lease, uniqueKey, idempotencyKey,
                group, ttl, uniqueUntil, onDuplicate, debounce, throttle);
    }

    /** The same with keys that make later jobs its duplicates; null for none. */
    public NewJob withKeys(@Nullable String uniqueKey, @Nullable String idempotencyKey) {
        return new NewJob(type, data, priority, delay, runAt, maxAttempts, backoff, lease, uniqueKey, idempotencyKey,
                group, ttl, uniqueUntil, onDuplicate, debounce, throttle);
    }

    /** The same in a group. */
    public NewJob withGroup(@Nullable String group) {
        return new NewJob(type, data, priority, delay, runAt, maxAttempts, backoff, lease, uniqueKey, idempotencyKey,
                group, ttl, uniqueUntil, onDuplicate, debounce, throttle);
    }

    /** The same, to be started within a time after it is due. */
    public NewJob withTtl(@Nullable Duration ttl) {
        return new NewJob(type, data, priority, delay, runAt, maxAttempts, backoff, lease, uniqueKey, idempotencyKey,
                group, ttl, uniqueUntil, onDuplicate, debounce, throttle);
    }

    /** The same with what happens to duplicates; null for the defaults. */
    public NewJob withDuplicates(@Nullable UniqueUntil uniqueUntil, @Nullable OnDuplicate onDuplicate,
            @Nullable Debounce debounce, @Nullable Duration throttle) {
        return new NewJob(type, data, priority, delay, runAt, maxAttempts, backoff, lease, uniqueKey, idempotencyKey,
                group, ttl, uniqueUntil, onDuplicate, debounce, throttle);
    }

    /** Checks all fields; returns no violations if it is valid. {@code at} is the prefix of the fields' names. */
    public List<Violation> violations(String at) {
        List<Violation> found = new ArrayList<>(0);
        String problem = typeProblem(type);
        if (problem != null) {
            found.add(new Violation(at + "type", problem));
        }
        Bounds.check(found, at, "priority", priority, -MAX_PRIORITY, MAX_PRIORITY);
        Bounds.checkDelay(found, at, "delay", delay);
        if (runAt != null) {
            if (delay != null) {
                found.add(new Violation(at + "runAt", "must not be given together with delay"));
            }
            try {
                // Uses the clock of this machine, which is exact enough for this bound. The clock of Redis decides
                // when the job is due.
                if (Timestamps.parse(at + "runAt", runAt) > System.currentTimeMillis() + Bounds.MAX_DELAY.toMillis()) {
                    found.add(new Violation(at + "runAt", "must be at most 400 days from now"));
                }
            } catch (ApiException e) {
                found.addAll(e.violations());
            }
        }
        Bounds.check(found, at, "maxAttempts", maxAttempts, 1, Bounds.MAX_ATTEMPTS);
        if (backoff != null) {
            found.addAll(backoff.violations(at + "backoff"));
        }
        Bounds.checkLease(found, at, lease);
        Bounds.check(found, at, "ttl", ttl, Duration.ofSeconds(1), Bounds.MAX_DELAY, "1 s and 400 days");
        checkKey(found, at, "uniqueKey", uniqueKey);
        checkKey(found, at, "idempotencyKey", idempotencyKey);
        checkKey(found, at, "group", group);
        checkDuplicates(found, at);
        return found;
    }

    private void checkDuplicates(List<Violation> found, String at) {
        if (uniqueUntil == null && onDuplicate == null && debounce == null && throttle == null) {
            return;
        }
        if (uniqueKey == null) {
            found.add(new Violation(at + "uniqueKey",
                    "must be given together with uniqueUntil, onDuplicate, debounce or throttle"));
        }
        if (uniqueUntil == UniqueUntil.STARTED && onDuplicate == OnDuplicate.RERUN) {
            found.add(new Violation(at + "onDuplicate",
                    "must not be 'rerun' with uniqueUntil 'started': an active job then has no duplicates"));
        }
        if (debounce != null) {
            debounce.check(found, at);
            if (delay != null || runAt != null) {
                found.add(new Violation(at + "debounce", "must not be given together with delay or runAt"));
            }
            if (onDuplicate == OnDuplicate.KEEP) {
                found.add(new Violation(at + "onDuplicate",
                        "must not be 'keep' with debounce, which replaces the data"));
            }
        }
        if (throttle != null) {
            Debounce.checkWindow(found, at, "throttle", throttle);
            if (debounce != null) {
                found.add(new Violation(at + "throttle", "must not be given together with debounce"));
            }
            if (uniqueUntil != null) {
                found.add(new Violation(at + "uniqueUntil",
                        "must not be given together with throttle, which says how long the key is taken"));
            }
            if (onDuplicate != null && onDuplicate != OnDuplicate.KEEP) {
                found.add(new Violation(at + "onDuplicate", "must be 'keep' with throttle: the first job stands"));
            }
        }
    }

    private static void checkKey(List<Violation> found, String at, String field, @Nullable String key) {
        String problem = key == null ? null : Keys.identifierProblem(key);
        if (problem != null) {
            found.add(new Violation(at + field, problem));
        }
    }

    private static @Nullable String typeProblem(@Nullable String type) {
        if (type == null || type.isEmpty()) {
            return "must not be empty";
        }
        if (type.length() > MAX_TYPE_LENGTH) {
            return "must be at most " + MAX_TYPE_LENGTH + " characters";
        }
        for (int i = 0; i < type.length(); i++) {
            if (Character.isISOControl(type.charAt(i))) {
                return "must not contain control characters";
            }
        }
        return Keys.identifierProblem(type);
    }
}
