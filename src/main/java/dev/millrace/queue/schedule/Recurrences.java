package dev.millrace.queue.schedule;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import java.util.ArrayList;
import java.util.List;

import dev.millrace.http.problem.Violation;

/** Makes recurrences of a cron expression in a time zone, or of an interval, and says what is wrong with these. */
public final class Recurrences {

    /** Where no time zone is given. */
    public static final String DEFAULT_TIMEZONE = "UTC";

    private static final Duration MIN_EVERY = Duration.ofSeconds(1);
    private static final Duration MAX_EVERY = Duration.ofDays(365);

    private Recurrences() {}

    /**
     * What is wrong with what a recurrence is to be made from; empty if nothing is.
     *
     * @param cron a cron expression, as {@link CronSyntax} describes; either it or {@code every}
     * @param every 1 s to 365 days
     * @param timezone name in the IANA time zone database, for {@code cron}; null is UTC
     */
    static List<Violation> violations(String cron, Duration every, String timezone) {
        List<Violation> found = new ArrayList<>();
        if (cron == null && every == null) {
            found.add(new Violation("cron", "must be given, or every"));
        } else if (cron != null && every != null) {
            found.add(new Violation("every", "must not be given together with cron"));
        }
        if (cron != null) {
            try {
                CronSyntax.parse(cron);
            } catch (IllegalArgumentException e) {
                found.add(new Violation("cron", e.getMessage()));
            }
        }
        if (every != null && (every.compareTo(MIN_EVERY) < 0 || every.compareTo(MAX_EVERY) > 0)) {
            found.add(new Violation("every", "must be between 1 s and 365 days"));
        }
        if (timezone != null && cron == null) {
            found.add(new Violation("timezone", "belongs to cron only"));
        } else if (timezone != null && rules(timezone) == null) {
            found.add(new Violation("timezone",
                    "must be a name in the IANA time zone database such as \"Europe/Berlin\" or \"UTC\""));
        }
        return found;
    }

    /**
     * The recurrence made from what {@link #violations} finds nothing wrong with.
     *
     * @param anchorMs for {@code every}: its occurrences are this instant and every multiple of {@code every} after it
     * @throws IllegalArgumentException if something is wrong after all
     */
    static Recurrence of(String cron, Duration every, String timezone, long anchorMs) {
        List<Violation> found = violations(cron, every, timezone);
        if (!found.isEmpty()) {
            throw new IllegalArgumentException(found.get(0).field() + " " + found.get(0).message());
        }
        return cron == null
                ? new IntervalRecurrence(anchorMs, every.toMillis())
                : new CronRecurrence(CronSyntax.parse(cron), rules(timezone == null ? DEFAULT_TIMEZONE : timezone));
    }

    /** Null unless the database knows the name; {@code ZoneId} would take {@code +02:00} and {@code GMT+2} too. */
    private static ZoneRules rules(String timezone) {
        try {
            return ZoneRulesProvider.getRules(timezone, false);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
