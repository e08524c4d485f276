package dev.millrace.queue.model;

import java.time.Duration;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.problem.ApiException;

/** The body of an enqueue: either the fields of one job, as in {@link NewJob}, or {@code jobs}. */
@RegisterForReflection
@Schema(name = "NewJobs", description = "The fields of one job (see NewJob), or `jobs` alone")
public record NewJobs(String type, JsonValue data, Integer priority, @Schema(type = SchemaType.STRING) Duration delay,
        String runAt, Integer maxAttempts, Backoff backoff, @Schema(type = SchemaType.STRING) Duration lease,
        String uniqueKey, String idempotencyKey, String group, @Schema(type = SchemaType.STRING) Duration ttl,
        @Schema(description = "1 to 1000 jobs, in order") List<NewJob> jobs) {

    /** Whether it is one job, not {@code jobs}. */
    public boolean isOne() {
        return jobs == null;
    }

    /**
     * The jobs, 1 to 1000.
     *
     * @throws ApiException 400 if there are none or too many, or if both forms are used
     */
    public List<NewJob> list() {
        NewJob one = new NewJob(type, data, priority, delay, runAt, maxAttempts, backoff, lease, uniqueKey,
                idempotencyKey, group, ttl);
        if (isOne()) {
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
