package dev.millrace.queue.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Guarantees of recurrences: what each way to write one means, and that the next occurrence is always a later one. */
class RecurrenceTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # strictly after
            0 12 * * *            | 2026-01-01T11:59:59.999Z | 2026-01-01T12:00:00Z 2026-01-02T12:00:00Z
            0 12 * * *            | 2026-01-01T12:00:00Z     | 2026-01-02T12:00:00Z
            0 12 * * *            | 2026-01-01T12:00:00.001Z | 2026-01-02T12:00:00Z
            * * * * *             | 2026-01-01T12:00:30Z     | 2026-01-01T12:01:00Z 2026-01-01T12:02:00Z
            # steps, ranges, lists
            */20 6 * * *          | 2026-01-01T00:00:00Z | 2026-01-01T06:00:00Z 2026-01-01T06:20:00Z 2026-01-01T06:40:00Z 2026-01-02T06:00:00Z
            5/25 6 * * *          | 2026-01-01T00:00:00Z | 2026-01-01T06:05:00Z 2026-01-01T06:30:00Z 2026-01-01T06:55:00Z 2026-01-02T06:05:00Z
            10-30/10,45 6 * * *   | 2026-01-01T00:00:00Z | 2026-01-01T06:10:00Z 2026-01-01T06:20:00Z 2026-01-01T06:30:00Z 2026-01-01T06:45:00Z 2026-01-02T06:10:00Z
            07 06 01 02 *         | 2026-01-01T00:00:00Z | 2026-02-01T06:07:00Z
            0 9-17/4 * * MON-FRI  | 2026-01-02T14:00:00Z | 2026-01-02T17:00:00Z 2026-01-05T09:00:00Z
            # names in any case; Sunday is first and last
            0 0 1 JAN,jul *       | 2026-01-01T00:00:00Z | 2026-07-01T00:00:00Z 2027-01-01T00:00:00Z
            0 0 1 Nov-dec *       | 2026-01-01T00:00:00Z | 2026-11-01T00:00:00Z 2026-12-01T00:00:00Z 2027-11-01T00:00:00Z
            0 0 * * 0             | 2026-01-01T00:00:00Z | 2026-01-04T00:00:00Z 2026-01-11T00:00:00Z
            0 0 * * 7             | 2026-01-01T00:00:00Z | 2026-01-04T00:00:00Z 2026-01-11T00:00:00Z
            0 0 * * sun           | 2026-01-01T00:00:00Z | 2026-01-04T00:00:00Z 2026-01-11T00:00:00Z
            0 0 * * FRI-SUN       | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z 2026-01-03T00:00:00Z 2026-01-04T00:00:00Z 2026-01-09T00:00:00Z
            0 0 * * 5-7           | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z 2026-01-03T00:00:00Z 2026-01-04T00:00:00Z 2026-01-09T00:00:00Z
            0 0 * * SUN-TUE       | 2026-01-01T00:00:00Z | 2026-01-04T00:00:00Z 2026-01-05T00:00:00Z 2026-01-06T00:00:00Z 2026-01-11T00:00:00Z
            0 0 * * Mon,WED-Fri/2 | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z 2026-01-05T00:00:00Z 2026-01-07T00:00:00Z 2026-01-09T00:00:00Z
            0 0 * * SUN,SAT       | 2026-01-01T00:00:00Z | 2026-01-03T00:00:00Z 2026-01-04T00:00:00Z 2026-01-10T00:00:00Z
            # nicknames
            @hourly               | 2026-01-01T00:30:00Z | 2026-01-01T01:00:00Z 2026-01-01T02:00:00Z
            @daily                | 2026-01-01T00:30:00Z | 2026-01-02T00:00:00Z 2026-01-03T00:00:00Z
            @midnight             | 2026-01-01T00:30:00Z | 2026-01-02T00:00:00Z 2026-01-03T00:00:00Z
            @weekly               | 2026-01-01T00:30:00Z | 2026-01-04T00:00:00Z 2026-01-11T00:00:00Z
            @monthly              | 2026-01-01T00:30:00Z | 2026-02-01T00:00:00Z 2026-03-01T00:00:00Z
            @yearly               | 2026-01-01T00:30:00Z | 2027-01-01T00:00:00Z 2028-01-01T00:00:00Z
            @annually             | 2026-01-01T00:30:00Z | 2027-01-01T00:00:00Z 2028-01-01T00:00:00Z
            @Daily                | 2026-01-01T00:30:00Z | 2026-01-02T00:00:00Z
            # with seconds
            */20 * * * * *        | 2026-01-01T00:00:00Z | 2026-01-01T00:00:20Z 2026-01-01T00:00:40Z 2026-01-01T00:01:00Z
            * * * * * *           | 2026-01-01T00:00:00.5Z | 2026-01-01T00:00:01Z 2026-01-01T00:00:02Z
            30 59 23 31 12 *      | 2026-01-01T00:00:00Z | 2026-12-31T23:59:30Z 2027-12-31T23:59:30Z
            # both days restricted: either is enough (13th, or a Friday) ...
            0 0 13 * 5            | 2026-01-03T00:00:00Z | 2026-01-09T00:00:00Z 2026-01-13T00:00:00Z 2026-01-16T00:00:00Z
            0 0 31 2 MON          | 2026-01-03T00:00:00Z | 2026-02-02T00:00:00Z 2026-02-09T00:00:00Z
            # ... unless one begins with *: every other day of the month if it is a Monday, a Monday among the first seven
            0 0 */2 * 1           | 2026-01-03T00:00:00Z | 2026-01-05T00:00:00Z 2026-01-19T00:00:00Z 2026-02-09T00:00:00Z
            0 0 *,1 * 1           | 2026-01-03T00:00:00Z | 2026-01-05T00:00:00Z 2026-01-12T00:00:00Z
            0 0 1-7 * */7         | 2026-01-05T00:00:00Z | 2026-02-01T00:00:00Z 2026-03-01T00:00:00Z 2026-04-05T00:00:00Z
            # the ends of months and years, leap years
            59 23 31 12 *         | 2026-01-01T00:00:00Z | 2026-12-31T23:59:00Z 2027-12-31T23:59:00Z
            0 0 1 1 *             | 2026-12-31T23:59:59.999Z | 2027-01-01T00:00:00Z
            * * * * *             | 2026-12-31T23:59:00Z | 2027-01-01T00:00:00Z
            0 0 31 * *            | 2026-03-31T00:00:00Z | 2026-05-31T00:00:00Z 2026-07-31T00:00:00Z 2026-08-31T00:00:00Z
            0 0 30 * *            | 2026-01-30T00:00:00Z | 2026-03-30T00:00:00Z
            0 0 29 2 *            | 2026-01-01T00:00:00Z | 2028-02-29T00:00:00Z 2032-02-29T00:00:00Z
            0 0 29 2 *            | 2096-02-29T00:00:00Z | 2104-02-29T00:00:00Z
            0 0 29 2 */7          | 2026-01-01T00:00:00Z | 2032-02-29T00:00:00Z 2060-02-29T00:00:00Z 2088-02-29T00:00:00Z 2128-02-29T00:00:00Z
            0 0 29 * *            | 2027-01-29T00:00:00Z | 2027-03-29T00:00:00Z
            # the last day, days before it, the last workday
            0 0 L * *             | 2026-01-01T00:00:00Z | 2026-01-31T00:00:00Z 2026-02-28T00:00:00Z 2026-03-31T00:00:00Z
            0 0 L 2 *             | 2027-01-01T00:00:00Z | 2027-02-28T00:00:00Z 2028-02-29T00:00:00Z
            0 0 L-2 * *           | 2026-01-01T00:00:00Z | 2026-01-29T00:00:00Z 2026-02-26T00:00:00Z
            0 0 L-30 * *          | 2026-01-02T00:00:00Z | 2026-03-01T00:00:00Z 2026-05-01T00:00:00Z
            0 0 lw * *            | 2026-01-01T00:00:00Z | 2026-01-30T00:00:00Z 2026-02-27T00:00:00Z 2026-03-31T00:00:00Z
            0 0 LW 5 *            | 2026-01-01T00:00:00Z | 2026-05-29T00:00:00Z 2027-05-31T00:00:00Z
            0 0 1,15,L * *        | 2026-02-01T00:00:00Z | 2026-02-15T00:00:00Z 2026-02-28T00:00:00Z 2026-03-01T00:00:00Z
            0 0 L,L-1,LW * *      | 2026-01-01T00:00:00Z | 2026-01-30T00:00:00Z 2026-01-31T00:00:00Z 2026-02-27T00:00:00Z 2026-02-28T00:00:00Z
            # the nearest workday, within the month
            0 0 15W * *           | 2026-01-01T00:00:00Z | 2026-01-15T00:00:00Z 2026-02-16T00:00:00Z 2026-03-16T00:00:00Z 2026-04-15T00:00:00Z
            0 0 15W 8 *           | 2026-01-01T00:00:00Z | 2026-08-14T00:00:00Z
            0 0 1W 8,11 *         | 2026-01-01T00:00:00Z | 2026-08-03T00:00:00Z 2026-11-02T00:00:00Z
            0 0 31W 1,5 *         | 2026-01-01T00:00:00Z | 2026-01-30T00:00:00Z 2026-05-29T00:00:00Z
            0 0 31W * *           | 2026-02-01T00:00:00Z | 2026-03-31T00:00:00Z 2026-05-29T00:00:00Z
            0 0 1W,15w * *        | 2026-01-30T00:00:00Z | 2026-02-02T00:00:00Z 2026-02-16T00:00:00Z
            # the n-th and the last day of a week
            0 0 * * 5#2           | 2026-01-01T00:00:00Z | 2026-01-09T00:00:00Z 2026-02-13T00:00:00Z
            0 0 * * fri#1,MON#3   | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z 2026-01-19T00:00:00Z 2026-02-06T00:00:00Z
            0 0 * * 1#5           | 2026-01-01T00:00:00Z | 2026-03-30T00:00:00Z 2026-06-29T00:00:00Z
            0 0 * * 7#1           | 2026-01-01T00:00:00Z | 2026-01-04T00:00:00Z 2026-02-01T00:00:00Z
            0 0 * * 0#1           | 2026-01-01T00:00:00Z | 2026-01-04T00:00:00Z 2026-02-01T00:00:00Z
            0 0 * * 5L            | 2026-01-01T00:00:00Z | 2026-01-30T00:00:00Z 2026-02-27T00:00:00Z
            0 0 * * SunL          | 2026-01-01T00:00:00Z | 2026-01-25T00:00:00Z 2026-02-22T00:00:00Z
            0 0 * * 7L,6L         | 2026-01-01T00:00:00Z | 2026-01-25T00:00:00Z 2026-01-31T00:00:00Z 2026-02-22T00:00:00Z 2026-02-28T00:00:00Z
            0 0 L * 5L            | 2026-01-01T00:00:00Z | 2026-01-30T00:00:00Z 2026-01-31T00:00:00Z 2026-02-27T00:00:00Z
            0 0 */2 * 1#1         | 2026-01-01T00:00:00Z | 2026-01-05T00:00:00Z 2026-06-01T00:00:00Z
            # blanks
            '  0   12\t* *  * '   | 2026-01-01T00:00:00Z | 2026-01-01T12:00:00Z
            """)
    void fires(String cron, Instant after, String expected) {
        Recurrence recurrence = Recurrences.of(cron, null, null, 0);
        List<String> found = new ArrayList<>();
        long at = after.toEpochMilli();
        for (int i = expected.split(" ").length; i > 0; i--) {
            at = recurrence.next(at);
            found.add(Instant.ofEpochMilli(at).toString());
        }
        assertEquals(expected, String.join(" ", found));
    }

    @ParameterizedTest
    @ValueSource(strings = {"* * * * *", "0 0 29 2 *", "30 2 * * *", "0 0 29 2 */7"})
    void isCalmFarFromNow(String cron) {
        Recurrence recurrence = Recurrences.of(cron, null, "Europe/Berlin", 0);
        assertEquals(-1, recurrence.next(Long.MAX_VALUE));
        assertEquals(-1, recurrence.next(Instant.parse("9999-06-01T00:00:00Z").toEpochMilli()));
        long last = Instant.parse("9998-12-31T23:00:00Z").toEpochMilli() - 1;
        for (long at : new long[]{Long.MIN_VALUE, -1, 0, last}) {
            assertTrue(recurrence.next(at) >= 0 && recurrence.next(at) > at, "after " + at);
        }
    }

    @Test
    void firesFrom1970On() {
        assertEquals(0, Recurrences.of("@daily", null, null, 0).next(Long.MIN_VALUE));
        assertEquals(0, Recurrences.of("@hourly", null, null, 0).next(-1));
        assertEquals(3_600_000, Recurrences.of("@hourly", null, null, 0).next(0));
    }

    @Test
    void aTimeIsMeantInItsTimeZone() {
        long midnight = ZonedDateTime.parse("2026-07-01T00:00Z").toInstant().toEpochMilli();
        assertEquals("2026-07-01T07:00:00Z", next("0 9 * * *", "Europe/Berlin", midnight));
        assertEquals("2026-07-01T09:00:00Z", next("0 9 * * *", "UTC", midnight));
        assertEquals("2026-07-01T09:00:00Z", next("0 9 * * *", null, midnight));
        assertEquals("2026-07-01T03:15:00Z", next("0 9 * * *", "Asia/Kathmandu", midnight));
        assertEquals("2026-07-01T14:00:00Z", next("0 9 * * *", "Etc/GMT+5", midnight));
        assertEquals("2026-07-01T14:00:00Z", next("0 9 * * *", "EST", midnight));
        assertEquals("2026-07-01T19:00:00Z", next("0 9 * * *", "HST", midnight));
        assertEquals("2026-07-01T01:00:00Z", next("0 9 * * *", "ROC", midnight));
    }

    @Test
    void everySoOftenIsAnchored() {
        Recurrence hourly = Recurrences.of(null, HOUR, null, 1_000);
        assertEquals(1_000, hourly.next(-1));
        assertEquals(1_000, hourly.next(999));
        assertEquals(3_601_000, hourly.next(1_000), "the anchor is past");
        assertEquals(3_601_000, hourly.next(3_600_999));
        assertEquals(7_201_000, hourly.next(3_601_000));
        assertEquals(7_201_000, hourly.next(5_000_000), "a late run does not delay the next");
        assertEquals(-1, hourly.next(Long.MAX_VALUE - 1));
        assertEquals(-1, Recurrences.of(null, HOUR, null, -1).next(Long.MAX_VALUE));
    }

    @Test
    void whatIsWrongIsNotMade() {
        Exception e = assertThrows(IllegalArgumentException.class, () -> Recurrences.of("* * *", null, null, 0));
        assertEquals("cron must be five fields: minute hour day-of-month month day-of-week, or six with the second in"
                + " front, or a nickname such as @daily; has 3", e.getMessage());
    }

    private static String next(String cron, String timezone, long after) {
        return Instant.ofEpochMilli(Recurrences.of(cron, null, timezone, 0).next(after)).toString();
    }
}
