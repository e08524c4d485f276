package dev.millrace.queue.api;

import static java.util.Objects.requireNonNull;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.GroupSnapshot;
import dev.millrace.queue.model.QueueDefinition;

/** A group of jobs and its limits, as clients see them. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "GroupView")
public record GroupView(@Schema(examples = "user-42") String group,
        @Schema(description = "Maximum number of active jobs", examples = "3") int concurrency,
        @Schema(description = "Absent if unlimited") QueueView.@Nullable RateView rate,
        @Schema(description = "Whether the limits are the group's own, not those of the queue") boolean own,
        @Schema(description = "How many jobs wait until others of the group have ended, about", examples = "7") long behind) {

    static GroupView of(GroupSnapshot group) {
        return new GroupView(group.group(), group.limits().atOnce(), rate(group.limits()), group.own(), group.behind());
    }

    static QueueView.@Nullable RateView rate(GroupDefinition limits) {
        QueueDefinition.Rate rate = limits.rate();
        return rate == null
                ? null
                : new QueueView.RateView(requireNonNull(rate.limit()), requireNonNull(rate.window()).toMillis());
    }
}
