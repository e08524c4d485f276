package dev.millrace.queue.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.Violation;
import dev.millrace.queue.model.NewJob;

/** A recurring job as it is written down: in a request, and in Redis. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "ScheduleDefinition")
public record ScheduleDefinition(
        @Schema(description = "minute hour day-of-month month day-of-week, or @daily and the like; or `every`", examples = "30 6 * * MON-FRI") String cron,
        @Schema(description = "In place of `cron`: 1 s to 365 d", type = SchemaType.STRING, examples = "15m") Duration every,
        @Schema(description = "Of the cron expression: a name in the IANA time zone database; default UTC", examples = "Europe/Berlin") String timezone,
        @Schema(description = "What is enqueued each time; without delay, runAt and idempotencyKey", required = true) NewJob job) {

    /** What is wrong with it; empty if nothing is. */
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>(Recurrences.violations(cron, every, timezone));
        if (job == null) {
            found.add(new Violation("job", "must be given"));
            return found;
        }
        found.addAll(job.violations("job."));
        if (job.delay() != null || job.runAt() != null) {
            found.add(new Violation("job.delay", "must not be given: the schedule says when"));
        }
        if (job.idempotencyKey() != null) {
            found.add(new Violation("job.idempotencyKey", "must not be given: each occurrence is enqueued once"));
        }
        return found;
    }

    /** @param anchorMs from which {@code every} counts */
    Recurrence recurrence(long anchorMs) {
        return Recurrences.of(cron, every, timezone, anchorMs);
    }
}
