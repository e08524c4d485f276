package dev.millrace.queue.schedule;

import java.time.LocalDate;
import java.time.LocalDateTime;

import org.jspecify.annotations.Nullable;

/**
 * The times that match a cron expression, as a clock shows them: a bit set of the values of each field. Days of the week
 * count from 0, Sunday.
 *
 * @param special further days of both fields, whose date differs between months
 * @param eitherDay whether a day matches by its day of the month or its day of the week; otherwise both must match
 */
record CronTimes(long seconds, long minutes, long hours, long daysOfMonth, long months, long daysOfWeek,
        CronDays special, boolean eitherDay) {

    private static final long EVERY_HOUR = (1L << 24) - 1;
    /** The calendar repeats itself after 400 years, days of the week included. */
    private static final int MONTHS = 400 * 12;

    boolean everyHour() {
        return hours == EVERY_HOUR;
    }

    /**
     * The first match at or after {@code from}, a whole second.
     *
     * @param until the search ends with the month of this time, and after 400 years at the latest
     * @return null if there is no match until then
     */
    @Nullable
    LocalDateTime atOrAfter(LocalDateTime from, LocalDateTime until) {
        LocalDate date = from.toLocalDate();
        if ((daysIn(date.withDayOfMonth(1)) >> date.getDayOfMonth() & 1) != 0) {
            LocalDateTime sameDay = onDay(date, from.getHour(), from.getMinute(), from.getSecond());
            if (sameDay != null) {
                return sameDay;
            }
        }
        LocalDate day = dayAfter(date, until.toLocalDate());
        return day == null ? null : onDay(day, 0, 0, 0);
    }

    private @Nullable LocalDateTime onDay(LocalDate date, int hour, int minute, int second) {
        if (has(hours, hour)) {
            int sameMinute = has(minutes, minute) ? first(seconds, second) : 64;
            if (sameMinute < 60) {
                return date.atTime(hour, minute, sameMinute);
            }
            int sameHour = first(minutes, minute + 1);
            if (sameHour < 60) {
                return date.atTime(hour, sameHour, first(seconds, 0));
            }
        }
        int later = first(hours, hour + 1);
        return later >= 24 ? null : date.atTime(later, first(minutes, 0), first(seconds, 0));
    }

    private @Nullable LocalDate dayAfter(LocalDate date, LocalDate until) {
        LocalDate month = date.withDayOfMonth(1);
        int day = first(daysIn(month), date.getDayOfMonth() + 1);
        for (int i = 0; day > 31; i++) {
            month = month.plusMonths(1);
            if (i == MONTHS || month.isAfter(until)) {
                return null;
            }
            day = first(daysIn(month), 1);
        }
        return month.withDayOfMonth(day);
    }

    /** The matching days of a month. {@code first} is the first day of the month. */
    private long daysIn(LocalDate first) {
        if (!has(months, first.getMonthValue())) {
            return 0;
        }
        // The week is repeated, and shifted so that bit 1 stands for the first day of the month.
        long weeks = daysOfWeek | daysOfWeek << 7 | daysOfWeek << 14 | daysOfWeek << 21 | daysOfWeek << 28
                | daysOfWeek << 35;
        long byWeek = weeks >> first.getDayOfWeek().getValue() % 7 << 1;
        long byMonth = daysOfMonth;
        if (!special.equals(CronDays.NONE)) {
            byWeek |= special.ofWeek(first);
            byMonth |= special.ofMonth(first);
        }
        long days = eitherDay ? byMonth | byWeek : byMonth & byWeek;
        return days & (2L << first.lengthOfMonth()) - 2;
    }

    private static boolean has(long bits, int value) {
        return (bits >> value & 1) != 0;
    }

    /** The lowest value at or above {@code from}; 64 if there is none. */
    private static int first(long bits, int from) {
        return Long.numberOfTrailingZeros(bits & -1L << from);
    }
}
