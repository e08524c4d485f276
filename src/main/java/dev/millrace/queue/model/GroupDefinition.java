package dev.millrace.queue.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;

/** The limits of a group of jobs, or of each group of a queue without its own. Absent fields take their defaults. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "GroupLimits")
public record GroupDefinition(
        @Schema(description = "Maximum number of active jobs of the group, 1 to 100; default 1, which keeps them in order", examples = "3") @Nullable Integer concurrency,
        @Schema(description = "Maximum number of jobs of the group handed out per window; unlimited by default") QueueDefinition.@Nullable Rate rate)
        implements
            Validated {

    /** Each group without limits of its own, in a queue without limits for groups. */
    public static final GroupDefinition DEFAULT = new GroupDefinition(null, null);
    private static final int MAX_CONCURRENCY = 100;

    /** Checks all fields; returns no violations if it is valid. */
    @Override
    public List<Violation> violations() {
        return violations("");
    }

    List<Violation> violations(String prefix) {
        List<Violation> found = new ArrayList<>();
        Bounds.check(found, prefix, "concurrency", concurrency, 1, MAX_CONCURRENCY);
        QueueDefinition.check(found, prefix, rate);
        return found;
    }

    /** How many jobs of the group may be active. */
    public int atOnce() {
        return concurrency == null ? 1 : concurrency;
    }

    /** The limits as scripts read them. Requires that there are no violations. */
    public String encode() {
        if (rate == null) {
            return atOnce() + " 0 0 0";
        }
        long windowMs = requireNonNull(rate.window()).toMillis();
        int limit = requireNonNull(rate.limit());
        return atOnce() + " " + Pace.interval(windowMs, limit) + " " + limit + " " + windowMs;
    }

    /** The limits that {@link #encode} encoded. */
    public static GroupDefinition decode(String text) {
        String[] parts = text.split(" ");
        int limit = Integer.parseInt(parts[2]);
        return new GroupDefinition(Integer.valueOf(parts[0]),
                limit == 0 ? null : new QueueDefinition.Rate(limit, Duration.ofMillis(Long.parseLong(parts[3]))));
    }
}
