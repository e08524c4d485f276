package dev.millrace.queue.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.Violation;

/**
 * How long a failed job waits for its next attempt. Exponential: {@code delay} after the first failure, twice that after the
 * second, and so on, up to {@code max}. {@code jitter} shortens each wait at random, so that jobs that failed together are not
 * tried together.
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Backoff")
public record Backoff(@Schema(description = "fixed or exponential", defaultValue = "exponential") Type type,
        @Schema(description = "After the first failure, 0 to 30 d", type = SchemaType.STRING, defaultValue = "1s", examples = "1s") Duration delay,
        @Schema(description = "Longest wait, up to 30 d", type = SchemaType.STRING, defaultValue = "5m", examples = "5m") Duration max,
        @Schema(description = "By what share at most a wait is shortened at random, 0 to 1", defaultValue = "0.2", examples = "0.2") Double jitter) {

    public static final Backoff DEFAULT = new Backoff(Type.EXPONENTIAL, Duration.ofSeconds(1), Duration.ofMinutes(5),
            0.2);
    private static final Duration LONGEST = Duration.ofDays(30);

    /** How the waits grow. */
    public enum Type {
        FIXED("fixed"),
        EXPONENTIAL("exponential");

        private final String id;

        Type(String id) {
            this.id = id;
        }

        @JsonValue
        @Override
        public String toString() {
            return id;
        }
    }

    List<Violation> violations(String field) {
        List<Violation> found = new ArrayList<>();
        if (delay != null && delay.compareTo(LONGEST) > 0) {
            found.add(new Violation(field + ".delay", "must be at most 30 days"));
        }
        if (max != null && max.compareTo(LONGEST) > 0) {
            found.add(new Violation(field + ".max", "must be at most 30 days"));
        }
        if (jitter != null && !(jitter >= 0 && jitter <= 1)) {
            found.add(new Violation(field + ".jitter", "must be between 0 and 1"));
        }
        return found;
    }

    /** As the scripts read it: kind, delay, longest, jitter. What is absent takes its default. */
    public String packed() {
        Duration first = delay == null ? DEFAULT.delay : delay;
        Duration longest = max == null ? first.compareTo(DEFAULT.max) > 0 ? first : DEFAULT.max : max;
        return (type == Type.FIXED ? "f:" : "x:") + first.toMillis() + ':' + longest.toMillis() + ':'
                + (jitter == null ? DEFAULT.jitter.toString() : plain(jitter));
    }

    /** Without an exponent, which the scripts do not read. */
    private static String plain(double d) {
        return String.valueOf(Math.round(d * 10_000) / 10_000.0).replaceFirst(".*E.*", "0");
    }
}
