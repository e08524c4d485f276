package dev.millrace.queue.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.model.Bounds;
import dev.millrace.queue.model.NewJob;

/** A recurring job, as written in requests and stored in Redis. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "ScheduleDefinition")
public record ScheduleDefinition(
        @Schema(description = "minute hour day-of-month month day-of-week (with L, LW, 15W, 5L, 5#2), or a nickname such as @daily. Required unless `every` is given", examples = "30 6 * * MON-FRI") @Nullable String cron,
        @Schema(description = "In place of `cron`: the interval, 1 s to 365 d", type = SchemaType.STRING, examples = "15m") @Nullable Duration every,
        @Schema(description = "The time zone of `cron`: a name in the IANA time zone database; default UTC", examples = "Europe/Berlin") @Nullable String timezone,
        @Schema(description = "Maximum number of missed occurrences to enqueue after an outage, the latest ones: 1 to 1000; default 10", examples = "1") @Nullable Integer catchUp,
        @Schema(description = "The job to enqueue each time, without delay, runAt and idempotencyKey", required = true) @Nullable NewJob job)
        implements
            Validated {

    /** Default of {@code catchUp}. */
    public static final int DEFAULT_CATCH_UP = 10;
    private static final int MAX_CATCH_UP = 1000;

    /** A schedule with the default of {@code catchUp}. */
    public static ScheduleDefinition of(@Nullable String cron, @Nullable Duration every, @Nullable String timezone,
            NewJob job) {
        return new ScheduleDefinition(cron, every, timezone, null, job);
    }

    /** Checks all fields; returns no violations if it is valid. */
    @Override
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>(Recurrences.violations(cron, every, timezone));
        Bounds.check(found, "", "catchUp", catchUp, 1, MAX_CATCH_UP);
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

    /** How many missed occurrences are enqueued at most. */
    public int missedAtMost() {
        return catchUp == null ? DEFAULT_CATCH_UP : catchUp;
    }

    /** @param anchorMs the instant from which {@code every} counts, in ms since 1970 */
    Recurrence recurrence(long anchorMs) {
        return Recurrences.of(cron, every, timezone, anchorMs);
    }
}
