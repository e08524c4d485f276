package dev.millrace.queue.schedule;

import java.time.LocalDate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Days of a cron expression whose date differs between months. Bit sets; days of the week count from 0, Sunday.
 *
 * @param beforeLast {@code L} and {@code L-3}: bit 0 is the last day of the month, bit 3 the day three days before it
 * @param lastWorkday {@code LW}: the last day of the month from Monday to Friday
 * @param nearest {@code 15W}: the day from Monday to Friday that is nearest to the 15th, in the same month
 * @param nth {@code 5#2}: the second Friday of the month
 * @param last {@code 5L}: the last Friday of the month
 */
record CronDays(long beforeLast, boolean lastWorkday, long nearest, NthDays nth, long last) {

    static final CronDays NONE = new CronDays(0, false, 0, NthDays.NONE, 0);

    private static final Pattern OF_MONTH = Pattern.compile("L(?:-(\\d\\d?))?|(L|\\d\\d?)W");
    private static final Pattern OF_WEEK = Pattern.compile("([0-7]|[A-Z]{3})(?:L|#([1-5]))");
    private static final int MAX_BEFORE_LAST = 30;

    /** For each n, the days of the week of which the n-th one of the month matches: eight bits each. */
    record NthDays(long bits) {

        static final NthDays NONE = new NthDays(0);

        NthDays with(int weekday, int n) {
            return new NthDays(bits | 1L << 8 * n + weekday);
        }

        boolean has(int weekday, int n) {
            return (bits >> 8 * n + weekday & 1) != 0;
        }
    }

    /** The same with an item of the field of the day of the month, in upper case; null if it is none of this kind. */
    @Nullable
    CronDays withDayOfMonth(String item) {
        Matcher m = OF_MONTH.matcher(item);
        if (!m.matches()) {
            return null;
        }
        if (m.group(2) == null) {
            int before = m.group(1) == null ? 0 : Integer.parseInt(m.group(1));
            return before > MAX_BEFORE_LAST || m.group(1) != null && before == 0
                    ? null
                    : new CronDays(beforeLast | 1L << before, lastWorkday, nearest, nth, last);
        }
        if (m.group(2).equals("L")) {
            return new CronDays(beforeLast, true, nearest, nth, last);
        }
        int day = Integer.parseInt(m.group(2));
        return day < 1 || day > 31 ? null : new CronDays(beforeLast, lastWorkday, nearest | 1L << day, nth, last);
    }

    /** The same with an item of the field of the day of the week, in upper case; null if it is none of this kind. */
    @Nullable
    CronDays withDayOfWeek(String item) {
        Matcher m = OF_WEEK.matcher(item);
        Integer named = m.matches() ? CronField.DAY_OF_WEEK.value(m.group(1)) : null;
        if (named == null) {
            return null;
        }
        int weekday = named % 7;
        return m.group(2) == null
                ? new CronDays(beforeLast, lastWorkday, nearest, nth, last | 1L << weekday)
                : new CronDays(beforeLast, lastWorkday, nearest, nth.with(weekday, Integer.parseInt(m.group(2))), last);
    }

    /** The days of a month that match by the field of the day of the month. {@code first} is the first day of the month. */
    long ofMonth(LocalDate first) {
        int length = first.lengthOfMonth();
        long days = 0;
        for (int day = 1; day <= length; day++) {
            if ((beforeLast >> length - day & 1) != 0) {
                days |= 1L << day;
            }
            if ((nearest >> day & 1) != 0) {
                days |= 1L << workday(first, day, length);
            }
        }
        return lastWorkday ? days | 1L << workday(first, length, length) : days;
    }

    /** The nearest day from Monday to Friday. It is in the same month, so it may be two days away. */
    private static int workday(LocalDate first, int day, int length) {
        return switch (first.withDayOfMonth(day).getDayOfWeek()) {
            case SATURDAY -> day == 1 ? 3 : day - 1;
            case SUNDAY -> day == length ? day - 2 : day + 1;
            default -> day;
        };
    }

    /** The days of a month that match by the field of the day of the week. */
    long ofWeek(LocalDate first) {
        int length = first.lengthOfMonth();
        long days = 0;
        for (int day = 1; day <= length; day++) {
            int weekday = first.withDayOfMonth(day).getDayOfWeek().getValue() % 7;
            if (nth.has(weekday, (day + 6) / 7) || day + 7 > length && (last >> weekday & 1) != 0) {
                days |= 1L << day;
            }
        }
        return days;
    }
}
