package dev.millrace.queue.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.Violation;

/**
 * How long a failed job waits for its next attempt. An exponential backoff waits {@code delay} after the first failure, twice
 * that after the second, and so on, up to {@code max}. {@code jitter} shortens each wait at random, so that jobs that failed
 * together are not retried together.
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Backoff")
public record Backoff(@Schema(description = "fixed or exponential", defaultValue = "exponential") @Nullable Type type,
        @Schema(description = "The wait after the first failure, 0 to 30 d", type = SchemaType.STRING, defaultValue = "1s", examples = "1s") @Nullable Duration delay,
        @Schema(description = "Maximum wait, up to 30 d", type = SchemaType.STRING, defaultValue = "5m", examples = "5m") @Nullable Duration max,
        @Schema(description = "Maximum share by which each wait is shortened at random, 0 to 1", defaultValue = "0.2", examples = "0.2") @Nullable Double jitter) {

    private static final Duration DEFAULT_DELAY = Duration.ofSeconds(1);
    private static final Duration DEFAULT_LONGEST = Duration.ofMinutes(5);
    private static final double DEFAULT_JITTER = 0.2;

    /** Exponential from 1 s to 5 min, with a jitter of 0.2. */
    public static final Backoff DEFAULT = new Backoff(Type.EXPONENTIAL, DEFAULT_DELAY, DEFAULT_LONGEST, DEFAULT_JITTER);
    private static final Duration MAX_DELAY = Duration.ofDays(30);

    /** How the waits grow. */
    @Schema(name = "BackoffType")
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
        if (delay != null && delay.compareTo(MAX_DELAY) > 0) {
            found.add(new Violation(field + ".delay", "must be at most 30 days"));
        }
        if (max != null && max.compareTo(MAX_DELAY) > 0) {
            found.add(new Violation(field + ".max", "must be at most 30 days"));
        }
        if (jitter != null && !(jitter >= 0 && jitter <= 1)) {
            found.add(new Violation(field + ".jitter", "must be between 0 and 1"));
        }
        return found;
    }

    /** The same backoff with defaults for absent fields. The default {@code max} is never below {@code delay}. */
    public Backoff withDefaults() {
        Duration first = delay == null ? DEFAULT_DELAY : delay;
        Duration longest = max == null ? first.compareTo(DEFAULT_LONGEST) > 0 ? first : DEFAULT_LONGEST : max;
        return new Backoff(type == Type.FIXED ? Type.FIXED : Type.EXPONENTIAL, first, longest,
                jitter == null ? DEFAULT_JITTER : rounded(jitter));
    }

    /** Encodes the backoff as scripts read it: {@code f} or {@code x}, delay and max in ms, and jitter, separated by colons. */
    public String encode() {
        Backoff b = withDefaults();
        return (b.type == Type.FIXED ? "f:" : "x:") + requireNonNull(b.delay).toMillis() + ':'
                + requireNonNull(b.max).toMillis() + ':' + b.jitter;
    }

    /** Rounds to four digits, and to 0 below 0.001: Java writes smaller numbers with an exponent, which scripts do not read. */
    private static double rounded(double d) {
        double rounded = Math.round(d * 10_000) / 10_000.0;
        return rounded < 0.001 ? 0 : rounded;
    }
}
