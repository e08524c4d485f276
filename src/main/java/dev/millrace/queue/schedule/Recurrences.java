package dev.millrace.queue.schedule;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.problem.Violation;

/** Creates recurrences from a cron expression in a time zone, or from an interval, and checks these. */
public final class Recurrences {

    /** The time zone of cron expressions without one. */
    public static final String DEFAULT_TIMEZONE = "UTC";

    private static final Duration MIN_EVERY = Duration.ofSeconds(1);
    private static final Duration MAX_EVERY = Duration.ofDays(365);

    /**
     * Names of the database that Java's copy of it leaves out. Java has the first three as short names; its other short names, such as BST
     * for Dhaka, are its own.
     */
    private static final Map<String, String> LEFT_OUT = Map.of("EST", ZoneId.SHORT_IDS.get("EST"),
            "MST", ZoneId.SHORT_IDS.get("MST"), "HST", ZoneId.SHORT_IDS.get("HST"), "ROC", "Asia/Taipei", "GMT+0",
            "GMT",
            "GMT-0", "GMT");

    private Recurrences() {}

    /**
     * Checks the inputs of a recurrence; returns no violations if they are valid.
     *
     * @param cron a cron expression, as {@link CronSyntax} describes; required unless {@code every} is given
     * @param every 1 s to 365 days; required unless {@code cron} is given
     * @param timezone name in the IANA time zone database, for {@code cron}; null for UTC
     */
    static List<Violation> violations(@Nullable String cron, @Nullable Duration every, @Nullable String timezone) {
        List<Violation> found = new ArrayList<>();
        if (cron == null && every == null) {
            found.add(new Violation("cron", "must be given unless every is"));
        } else if (cron != null && every != null) {
            found.add(new Violation("every", "must not be given together with cron"));
        }
        if (cron != null) {
            try {
                CronSyntax.parse(cron);
            } catch (IllegalArgumentException e) {
                found.add(new Violation("cron", requireNonNull(e.getMessage())));
            }
        }
        if (every != null && (every.compareTo(MIN_EVERY) < 0 || every.compareTo(MAX_EVERY) > 0)) {
            found.add(new Violation("every", "must be between 1 s and 365 days"));
        }
        if (timezone != null && cron == null) {
            found.add(new Violation("timezone", "is only allowed with cron"));
        } else if (timezone != null && rules(timezone) == null) {
            found.add(new Violation("timezone", zoneProblem(timezone)));
        }
        return found;
    }

    /**
     * Creates a recurrence. Requires that {@link #violations} finds none.
     *
     * @param anchorMs of {@code every}, in ms since 1970: it fires at this instant and at every multiple of {@code every}
     *             after it
     * @throws IllegalArgumentException if there is a violation
     */
    static Recurrence of(@Nullable String cron, @Nullable Duration every, @Nullable String timezone, long anchorMs) {
        List<Violation> found = violations(cron, every, timezone);
        if (!found.isEmpty()) {
            throw new IllegalArgumentException(found.get(0).field() + " " + found.get(0).message());
        }
        return cron == null
                ? new IntervalRecurrence(anchorMs, requireNonNull(every).toMillis())
                : new CronRecurrence(CronSyntax.parse(cron),
                        requireNonNull(rules(timezone == null ? DEFAULT_TIMEZONE : timezone)));
    }

    private static String zoneProblem(String timezone) {
        return ZoneRulesProvider.getAvailableZoneIds().stream().filter(timezone::equalsIgnoreCase).findAny()
                .map(name -> "must be written \"" + name + "\": the case of letters counts")
                .orElse("must be a name in the IANA time zone database such as \"Europe/Berlin\" or \"UTC\"");
    }

    /** Null if the database does not know the name. {@code ZoneId} would also accept {@code +02:00} and {@code GMT+2}. */
    private static @Nullable ZoneRules rules(String timezone) {
        try {
            String zone = LEFT_OUT.get(timezone);
            return zone != null ? ZoneId.of(zone).getRules() : ZoneRulesProvider.getRules(timezone, false);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
