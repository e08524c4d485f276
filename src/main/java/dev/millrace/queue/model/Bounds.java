package dev.millrace.queue.model;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.problem.Violation;

/** Checks values in requests against their bounds. An absent value is within bounds. */
public final class Bounds {

    /** Shortest lease of a job. */
    private static final Duration MIN_LEASE = Duration.ofSeconds(1);
    /** Longest lease of a job. */
    private static final Duration MAX_LEASE = Duration.ofHours(24);
    /** Longest delay, ttl or retention. */
    static final Duration MAX_DELAY = Duration.ofDays(400);
    /** Maximum number of jobs in a call. */
    public static final int MAX_JOBS = 1000;
    static final int MAX_ATTEMPTS = 1000;

    private static final String LEASE = "1 s and 24 h";
    private static final String DELAY = "0 and 400 days";

    private Bounds() {}

    /**
     * Adds a violation if a number is out of bounds.
     *
     * @param prefix of the field's name; joined to it only if there is a violation
     */
    public static void check(List<Violation> violations, String prefix, String field, @Nullable Integer value, int min,
            int max) {
        if (value != null && (value < min || value > max)) {
            violations.add(new Violation(prefix + field, "must be between " + min + " and " + max));
        }
    }

    /**
     * Adds a violation if a duration is out of bounds.
     *
     * @param prefix of the field's name; joined to it only if there is a violation
     * @param bounds the bounds in words, such as {@code 1 s and 24 h}
     */
    public static void check(List<Violation> violations, String prefix, String field, @Nullable Duration value,
            Duration min,
            Duration max, String bounds) {
        if (value != null && (value.compareTo(min) < 0 || value.compareTo(max) > 0)) {
            violations.add(new Violation(prefix + field, "must be between " + bounds));
        }
    }

    /** Adds a violation if a lease is not between 1 s and 24 h. */
    public static void checkLease(List<Violation> violations, String prefix, @Nullable Duration lease) {
        check(violations, prefix, "lease", lease, MIN_LEASE, MAX_LEASE, LEASE);
    }

    /** Adds a violation if a delay or retention is not between 0 and 400 days. */
    public static void checkDelay(List<Violation> violations, String prefix, String field, @Nullable Duration delay) {
        check(violations, prefix, field, delay, Duration.ZERO, MAX_DELAY, DELAY);
    }
}
