package dev.millrace.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Dates in header fields of HTTP (RFC 9110, 5.6.7). Reads the three forms that a recipient must accept:
 * <ul>
 * <li>{@code Sun, 06 Nov 1994 08:49:37 GMT}, the only form that is sent today;
 * <li>{@code Sunday, 06-Nov-94 08:49:37 GMT}, of RFC 850, whose year has two digits;
 * <li>{@code Sun Nov  6 08:49:37 1994}, of {@code asctime} in C, which is in GMT although it does not say so.
 * </ul>
 * Names may be in any case, and {@code UTC} may stand for {@code GMT}, as caches must allow (RFC 9111, 4.2). In the first form, the day may
 * have one digit, as {@link DateTimeFormatter#RFC_1123_DATE_TIME} writes it. The day of the week is not compared with the date.
 */
public final class HttpDates {

    private static final String DAY = "(?:mon|tue|wed|thu|fri|sat|sun)";
    private static final String LONG_DAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day";
    private static final String MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)";
    private static final String TIME = "([0-9]{2}):([0-9]{2}):([0-9]{2})";
    private static final String ZONE = " (?:gmt|utc)";
    private static final Pattern FIXED = pattern(DAY + ", ([0-9]{1,2}) " + MONTH + " ([0-9]{4}) " + TIME + ZONE);
    private static final Pattern RFC_850 = pattern(LONG_DAY + ", ([0-9]{2})-" + MONTH + "-([0-9]{2}) " + TIME + ZONE);
    private static final Pattern ASCTIME = pattern(DAY + " " + MONTH + " ([0-9]{2}| [0-9]) " + TIME + " ([0-9]{4})");
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
            "oct", "nov", "dec");
    /** No date is longer: Wednesday, 09-Nov-94 08:49:37 GMT. */
    private static final int MAX_LENGTH = 40;
    private static final int MAX_YEARS_AHEAD = 50;

    private HttpDates() {}

    /**
     * Reads a date in any of the three forms.
     *
     * @param value of the field; blanks around it do not count; null if the field is absent
     * @param now decides the century of a year of two digits: a date that would be more than 50 years ahead is in the past
     * @return null if it is none
     */
    public static @Nullable Instant parse(@Nullable String value, Instant now) {
        if (value == null || value.length() > MAX_LENGTH) {
            return null;
        }
        String text = value.strip();
        Matcher m = FIXED.matcher(text);
        if (m.matches()) {
            return at(m.group(3), m.group(2), m.group(1), m, 4);
        }
        m = ASCTIME.matcher(text);
        if (m.matches()) {
            return at(m.group(6), m.group(1), m.group(2), m, 3);
        }
        m = RFC_850.matcher(text);
        if (!m.matches()) {
            return null;
        }
        int thisYear = now.atZone(ZoneOffset.UTC).getYear();
        int year = thisYear - Math.floorMod(thisYear, 100) + Integer.parseInt(m.group(3));
        Instant near = at(Integer.toString(year), m.group(2), m.group(1), m, 4);
        Instant latest = now.atZone(ZoneOffset.UTC).plusYears(MAX_YEARS_AHEAD).toInstant();
        return near == null || near.isAfter(latest)
                ? at(Integer.toString(year - 100), m.group(2), m.group(1), m, 4)
                : near;
    }

    /** {@code time}: the group of the hour; the minute and the second follow it. Null if there is no such day or time. */
    private static @Nullable Instant at(String year, String month, String day, Matcher m, int time) {
        int second = Integer.parseInt(m.group(time + 2));
        // The grammar allows a leap second, which Java does not know.
        int leap = second == 60 ? 1 : 0;
        try {
            return LocalDateTime.of(Integer.parseInt(year), 1 + MONTHS.indexOf(month.toLowerCase(Locale.ROOT)),
                    Integer.parseInt(day.strip()), Integer.parseInt(m.group(time)), Integer.parseInt(m.group(time + 1)),
                    second - leap).plusSeconds(leap).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Pattern pattern(String text) {
        return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
    }
}
