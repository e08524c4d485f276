package dev.millrace.queue.schedule;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * Fires when a clock in a time zone shows what a cron expression asks for. When that clock is changed:
 * <ul>
 * <li><b>An expression for every hour of the day</b> ({@code 0 * * * *}, <code>&#42;/15 * * * *</code>) follows real time: it
 * fires whenever the clock shows what it asks for, so in the hour that is repeated in autumn it fires again, and for the
 * hour that is left out in spring it does nothing extra.
 * <li><b>Any other expression</b> ({@code 30 2 * * *}, <code>0 &#42;/2 * * *</code>) names times of day, and each of them fires
 * once a day: the first time if the clock shows it twice, and if the clock leaves it out, at the first instant after the
 * gap. {@code 30 2 * * *} fires at 03:00 in Berlin on the last Sunday in March. Times that meet at that instant fire once
 * together.
 * </ul>
 * As in Vixie cron and its heirs, except that there a {@code *} in the minute also counts as following real time, so that
 * <code>&#42;/15 2 * * *</code> would not fire at all on that Sunday.
 */
record CronRecurrence(CronTimes times, ZoneRules rules) implements Recurrence {

    /** The year 9999 begins. Nothing fires after it, nor before 1970, and so nothing below can overflow. */
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

    /** The clock's offset is constant until its next change: if nothing matches before that, go on from there. */
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
