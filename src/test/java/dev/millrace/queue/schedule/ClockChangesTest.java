package dev.millrace.queue.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Guarantees of cron when clocks are changed: a time of day fires once a day, at the end of the gap if it is skipped and
 * the first time if it is repeated; every hour and every minute follow real time.
 */
class ClockChangesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # The gap in Berlin is 02:00 to 03:00
            30 2 * * *    | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-03-30T02:30+02:00
            30 2 * * *    | Europe/Berlin | 2027-03-27T12:00Z | 2027-03-28T03:00+02:00 2027-03-29T02:30+02:00
            0 2 * * *     | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00
            59 1 * * *    | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T01:59+01:00 2026-03-30T01:59+02:00
            0 3 * * *     | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-03-30T03:00+02:00
            # what is skipped meets 03:00 and fires once with it
            */30 2 * * *  | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00
            0,30 2,3 * * * | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-03-29T03:30+02:00 2026-03-30T02:00+02:00
            0 */2 * * *   | Europe/Berlin | 2026-03-28T22:30Z | 2026-03-29T00:00+01:00 2026-03-29T03:00+02:00 2026-03-29T04:00+02:00
            30 2 29 3 *   | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2027-03-29T02:30+02:00
            30 2 * * 0    | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-04-05T02:30+02:00
            30 2 * * 1    | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-30T02:30+02:00
            20 30 2 * * * | Europe/Berlin | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-03-30T02:30:20+02:00
            # every hour, every minute: nothing extra
            0 * * * *     | Europe/Berlin | 2026-03-29T00:00Z | 2026-03-29T03:00+02:00 2026-03-29T04:00+02:00
            30 * * * *    | Europe/Berlin | 2026-03-29T00:00Z | 2026-03-29T01:30+01:00 2026-03-29T03:30+02:00
            30 0-23 * * * | Europe/Berlin | 2026-03-29T00:00Z | 2026-03-29T01:30+01:00 2026-03-29T03:30+02:00
            */15 * * * *  | Europe/Berlin | 2026-03-29T00:31Z | 2026-03-29T01:45+01:00 2026-03-29T03:00+02:00 2026-03-29T03:15+02:00
            * * * * *     | Europe/Berlin | 2026-03-29T00:58Z | 2026-03-29T01:59+01:00 2026-03-29T03:00+02:00 2026-03-29T03:01+02:00
            # Berlin repeats 02:00 to 03:00
            30 2 * * *    | Europe/Berlin | 2026-10-24T12:00Z | 2026-10-25T02:30+02:00 2026-10-26T02:30+01:00
            30 2 * * *    | Europe/Berlin | 2027-10-30T12:00Z | 2027-10-31T02:30+02:00 2027-11-01T02:30+01:00
            0 2 * * *     | Europe/Berlin | 2026-10-24T12:00Z | 2026-10-25T02:00+02:00 2026-10-26T02:00+01:00
            0 3 * * *     | Europe/Berlin | 2026-10-24T12:00Z | 2026-10-25T03:00+01:00 2026-10-26T03:00+01:00
            0,30 2 * * *  | Europe/Berlin | 2026-10-24T12:00Z | 2026-10-25T02:00+02:00 2026-10-25T02:30+02:00 2026-10-26T02:00+01:00
            0 */2 * * *   | Europe/Berlin | 2026-10-24T22:30Z | 2026-10-25T02:00+02:00 2026-10-25T04:00+01:00
            # asked in the second 02:15, at its start and just before it
            30 2 * * *    | Europe/Berlin | 2026-10-25T01:15Z | 2026-10-26T02:30+01:00
            0,30 2,3 * * * | Europe/Berlin | 2026-10-25T01:00Z | 2026-10-25T03:00+01:00
            45 2 * * *    | Europe/Berlin | 2026-10-25T00:44:59Z | 2026-10-25T02:45+02:00 2026-10-26T02:45+01:00
            # every hour, every minute: also in the repeated hour
            0 * * * *     | Europe/Berlin | 2026-10-24T23:30Z | 2026-10-25T02:00+02:00 2026-10-25T02:00+01:00 2026-10-25T03:00+01:00
            30 * * * *    | Europe/Berlin | 2026-10-24T23:45Z | 2026-10-25T02:30+02:00 2026-10-25T02:30+01:00 2026-10-25T03:30+01:00
            */15 * * * *  | Europe/Berlin | 2026-10-25T00:31Z | 2026-10-25T02:45+02:00 2026-10-25T02:00+01:00 2026-10-25T02:15+01:00
            * * * * *     | Europe/Berlin | 2026-10-25T00:58Z | 2026-10-25T02:59+02:00 2026-10-25T02:00+01:00 2026-10-25T02:01+01:00
            0 0 * * * *   | Europe/Berlin | 2026-10-24T23:30Z | 2026-10-25T02:00+02:00 2026-10-25T02:00+01:00 2026-10-25T03:00+01:00
            # New York: the gap is 02:00 to 03:00, 01:00 to 02:00 is repeated
            30 2 * * *    | America/New_York | 2026-03-07T12:00Z | 2026-03-08T03:00-04:00 2026-03-09T02:30-04:00
            30 2 * * *    | America/New_York | 2027-03-13T12:00Z | 2027-03-14T03:00-04:00 2027-03-15T02:30-04:00
            30 1 * * *    | America/New_York | 2026-10-31T12:00Z | 2026-11-01T01:30-04:00 2026-11-02T01:30-05:00
            30 1 * * *    | America/New_York | 2027-11-06T12:00Z | 2027-11-07T01:30-04:00 2027-11-08T01:30-05:00
            0 * * * *     | America/New_York | 2026-11-01T04:30Z | 2026-11-01T01:00-04:00 2026-11-01T01:00-05:00 2026-11-01T02:00-05:00
            # Lord Howe moves by half an hour: the gap is 02:00 to 02:30, 01:30 to 02:00 is repeated
            15 2 * * *    | Australia/Lord_Howe | 2026-10-03T12:00Z | 2026-10-04T02:30+11:00 2026-10-05T02:15+11:00
            30 2 * * *    | Australia/Lord_Howe | 2026-10-03T12:00Z | 2026-10-04T02:30+11:00 2026-10-05T02:30+11:00
            0 * * * *     | Australia/Lord_Howe | 2026-10-03T14:00Z | 2026-10-04T01:00+10:30 2026-10-04T03:00+11:00
            */15 * * * *  | Australia/Lord_Howe | 2026-10-03T15:00Z | 2026-10-04T01:45+10:30 2026-10-04T02:30+11:00
            15 2 * * *    | Australia/Lord_Howe | 2027-10-02T12:00Z | 2027-10-03T02:30+11:00 2027-10-04T02:15+11:00
            45 1 * * *    | Australia/Lord_Howe | 2026-04-04T12:00Z | 2026-04-05T01:45+11:00 2026-04-06T01:45+10:30
            0 2 * * *     | Australia/Lord_Howe | 2026-04-04T12:00Z | 2026-04-05T02:00+10:30 2026-04-06T02:00+10:30
            45 * * * *    | Australia/Lord_Howe | 2026-04-04T14:00Z | 2026-04-05T01:45+11:00 2026-04-05T01:45+10:30 2026-04-05T02:45+10:30
            45 1 * * *    | Australia/Lord_Howe | 2027-04-03T12:00Z | 2027-04-04T01:45+11:00 2027-04-05T01:45+10:30
            # Cairo's gap is at midnight; Apia had no 30 December 2011
            0 0 * * *     | Africa/Cairo  | 2025-04-24T12:00Z | 2025-04-25T01:00+03:00 2025-04-26T00:00+03:00
            0 */2 * * *   | Africa/Cairo  | 2025-04-24T21:00Z | 2025-04-25T01:00+03:00 2025-04-25T02:00+03:00
            0 12 30 12 *  | Pacific/Apia  | 2011-12-29T12:00Z | 2011-12-31T00:00+14:00 2012-12-30T12:00+14:00
            # and where clocks are left alone
            30 2 * * *    | UTC           | 2026-03-28T12:00Z | 2026-03-29T02:30Z 2026-03-30T02:30Z
            30 2 * * *    | Asia/Kolkata  | 2026-03-28T12:00Z | 2026-03-29T02:30+05:30 2026-03-30T02:30+05:30
            """)
    void fires(String cron, String zone, String after, String expected) {
        Recurrence recurrence = Recurrences.of(cron, null, zone, 0);
        List<String> found = new ArrayList<>();
        long at = ZonedDateTime.parse(after).toInstant().toEpochMilli();
        for (int i = expected.split(" ").length; i > 0; i--) {
            at = recurrence.next(at);
            found.add(Instant.ofEpochMilli(at).atZone(ZoneId.of(zone)).toOffsetDateTime().toString());
        }
        assertEquals(expected, String.join(" ", found));
    }
}
