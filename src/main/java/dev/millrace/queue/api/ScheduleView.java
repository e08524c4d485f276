package dev.millrace.queue.api;

import static java.util.Objects.requireNonNull;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Timestamps;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.schedule.Recurrences;
import dev.millrace.queue.schedule.Schedule;
import dev.millrace.queue.schedule.ScheduleDefinition;

/** A recurring job, as clients see it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Schedule")
public record ScheduleView(@Schema(examples = "daily-report") String name, @Nullable String cron,
        @Nullable Long everyMs, @Nullable String timezone,
        @Schema(description = "Maximum number of missed occurrences to enqueue after an outage", examples = "10") int catchUp,
        NewJob job, @Schema(description = "The next occurrence; absent if there is none") @Nullable String nextAt) {

    static ScheduleView of(Schedule schedule) {
        ScheduleDefinition d = schedule.definition();
        return new ScheduleView(schedule.name(), d.cron(), d.every() == null ? null : d.every().toMillis(),
                d.cron() == null ? null : d.timezone() == null ? Recurrences.DEFAULT_TIMEZONE : d.timezone(),
                d.missedAtMost(), requireNonNull(d.job()),
                schedule.nextMs() == 0 ? null : Timestamps.format(schedule.nextMs()));
    }
}
