package dev.millrace.queue.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;

/** The body of an enqueue: either the fields of one job, as in {@link NewJob}, or {@code jobs}. */
@RegisterForReflection
@Schema(name = "NewJobs", description = "Many jobs")
public record NewJobs(@Nullable String type, @Nullable JsonValue data, @Nullable Integer priority,
        @Schema(type = SchemaType.STRING) @Nullable Duration delay,
        @Nullable String runAt, @Nullable Integer maxAttempts, @Nullable Backoff backoff,
        @Schema(type = SchemaType.STRING) @Nullable Duration lease,
        @Nullable String uniqueKey, @Nullable String idempotencyKey, @Nullable String group,
        @Schema(type = SchemaType.STRING) @Nullable Duration ttl,
        @Schema(type = SchemaType.STRING) @Nullable UniqueUntil uniqueUntil,
        @Schema(type = SchemaType.STRING) @Nullable OnDuplicate onDuplicate,
        @JsonDeserialize(using = Debounce.Reader.class) @Nullable Debounce debounce,
        @Schema(type = SchemaType.STRING) @Nullable Duration throttle,
        @Schema(description = "1 to 1000 jobs, in order") @Nullable List<NewJob> jobs) implements Validated {

    /** Whether it is one job, not {@code jobs}. */
    @Schema(hidden = true)
    public boolean isOne() {
        return jobs == null;
    }

    /** Checks all fields but {@code data}, whose size is a setting. */
    @Override
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>(0);
        List<NewJob> list;
        try {
            list = list();
        } catch (ApiException e) {
            return e.violations();
        }
        for (int i = 0; i < list.size(); i++) {
            NewJob job = list.get(i);
            if (job == null) {
                found.add(new Violation("jobs[" + i + "]", "must be a job"));
            } else {
                found.addAll(job.violations(isOne() ? "" : "jobs[" + i + "]."));
            }
        }
        return found;
    }

    /**
     * The jobs, 1 to 1000.
     *
     * @throws ApiException 400 if there are none or too many, or if both forms are used
     */
    public List<NewJob> list() {
        NewJob one = NewJob.of(type, data).withPriority(priority).withDelay(delay).withRunAt(runAt)
                .withRetries(maxAttempts, backoff).withLease(lease).withKeys(uniqueKey, idempotencyKey).withGroup(group)
                .withTtl(ttl).withDuplicates(uniqueUntil, onDuplicate, debounce, throttle);
        if (jobs == null) {
            return List.of(one);
        }
        if (!one.equals(NewJob.NONE)) {
            throw ApiException.invalid("jobs", "must not be given together with fields of a job");
        }
        if (jobs.isEmpty() || jobs.size() > Bounds.MAX_JOBS) {
            throw ApiException.invalid("jobs", "must have 1 to " + Bounds.MAX_JOBS + " items");
        }
        return jobs;
    }
}
