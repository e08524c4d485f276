package dev.millrace.queue.schedule;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * Fires when a clock in a time zone shows a time that matches a cron expression. When that clock is changed:
 * <ul>
 * <li><b>An expression for every hour of the day</b> ({@code 0 * * * *}, <code>&#42;/15 * * * *</code>) follows real time. It
 * fires whenever the clock shows a matching time: again in the hour that is repeated in autumn, and not at all for the hour
 * that is skipped in spring.
 * <li><b>Any other expression</b> ({@code 30 2 * * *}, <code>0 &#42;/2 * * *</code>) names times of day, and each of them
 * fires once a day. If the clock shows a time twice, the first time counts. If the clock skips a time, it fires at the first
 * instant after the gap: {@code 30 2 * * *} fires at 03:00 in Berlin on the last Sunday in March. Times that meet at that
 * instant fire once together.
 * </ul>
 * Vixie cron and its successors do the same, except that a {@code *} in the minute also follows real time there, so that
 * <code>&#42;/15 2 * * *</code> would not fire at all on that Sunday.
 */
record CronRecurrence(CronTimes times, ZoneRules rules) implements Recurrence {

    /** Beginning of the year 9999. Nothing fires after it or before 1970, so nothing below can overflow. */
    private static final long END = 253_370_764_800L;

    @Override
    public long next(long afterMs) {
        long after = Math.floorDiv(Math.max(afterMs, -1), 1000);
        if (after >= END) {
            return -1;
        }
        long next = times.everyHour() ? nextShown(after + 1) : nextTimeOfDay(after);
        return next < 0 ? -1 : next * 1000;
    }

    /** The clock's offset is constant until its next change. If nothing matches before the change, the search continues there. */
    private long nextShown(long from) {
        long at = from;
        while (at < END) {
            Instant instant = Instant.ofEpochSecond(at);
            ZoneOffset offset = rules.getOffset(instant);
            ZoneOffsetTransition change = rules.nextTransition(instant);
            LocalDateTime until = change == null ? LocalDateTime.MAX : change.getDateTimeBefore();
            LocalDateTime match = times.atOrAfter(LocalDateTime.ofEpochSecond(at, 0, offset), until);
            if (match != null && match.isBefore(until)) {
                return match.toEpochSecond(offset);
            }
            at = change == null ? END : change.toEpochSecond();
        }
        return -1;
    }

    private long nextTimeOfDay(long after) {
        ZoneOffset offset = rules.getOffset(Instant.ofEpochSecond(after));
        LocalDateTime local = LocalDateTime.ofEpochSecond(after, 0, offset);
        ZoneOffsetTransition repeated = rules.getTransition(local);
        boolean secondTime = repeated != null && offset.equals(repeated.getOffsetAfter());
        LocalDateTime match = times.atOrAfter(secondTime ? repeated.getDateTimeBefore() : local.plusSeconds(1),
                LocalDateTime.MAX);
        if (match == null) {
            return -1;
        }
        ZoneOffsetTransition change = rules.getTransition(match);
        if (change == null) {
            return match.toEpochSecond(rules.getOffset(match));
        }
        return change.isGap() ? change.toEpochSecond() : match.toEpochSecond(change.getOffsetBefore());
    }
}
