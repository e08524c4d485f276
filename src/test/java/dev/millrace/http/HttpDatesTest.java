package dev.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDatesTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # the examples of RFC 9110
            Sun, 06 Nov 1994 08:49:37 GMT     | 1994-11-06T08:49:37Z
            Sunday, 06-Nov-94 08:49:37 GMT    | 1994-11-06T08:49:37Z
            Sun Nov  6 08:49:37 1994          | 1994-11-06T08:49:37Z
            # any case, UTC, a day of one digit or of two
            Sun, 6 Nov 1994 08:49:37 GMT      | 1994-11-06T08:49:37Z
            sun, 06 NOV 1994 08:49:37 gmt     | 1994-11-06T08:49:37Z
            SUNDAY, 06-nov-94 08:49:37 UTC    | 1994-11-06T08:49:37Z
            Wed Nov 16 08:49:37 1994          | 1994-11-16T08:49:37Z
            Thu Nov 06 08:49:37 2036          | 2036-11-06T08:49:37Z
            # the wrong day of the week
            Mon, 06 Nov 1994 08:49:37 GMT     | 1994-11-06T08:49:37Z
            # up to 50 years ahead is the future
            Monday, 30-Nov-76 12:00:00 GMT    | 2076-11-30T12:00:00Z
            Monday, 30-Nov-76 12:00:01 GMT    | 1976-11-30T12:00:01Z
            Tuesday, 01-Dec-26 00:00:00 GMT   | 2026-12-01T00:00:00Z
            Saturday, 01-Jan-00 00:00:00 GMT  | 2000-01-01T00:00:00Z
            # a leap second, a leap day, the ends of time
            Sat, 31 Dec 2016 23:59:60 GMT     | 2017-01-01T00:00:00Z
            Sun, 29 Feb 2032 00:00:00 GMT     | 2032-02-29T00:00:00Z
            Fri, 31 Dec 9999 23:59:59 GMT     | 9999-12-31T23:59:59Z
            Thu, 01 Jan 1970 00:00:00 GMT     | 1970-01-01T00:00:00Z
            """)
    void readsThreeForms(String value, Instant expected) {
        assertEquals(expected, HttpDates.parse(value, NOW));
        assertEquals(expected, HttpDates.parse("  " + value + " \t", NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "0", "-1", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 EST",
            "Sun, 06 Nov 1994 08:49:37 +0000", "Sun,  6 Nov 1994 08:49:37 GMT", "Sun, 006 Nov 1994 08:49:37 GMT",
            "Sun, 0 Nov 1994 08:49:37 GMT",
            "06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
            "Mon, 29 Feb 2027 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sunday, 31-Feb-94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT",
            "1994-11-06T08:49:37Z", "Sun, ٠٦ Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT, x"})
    void readsNothingElse(String value) {
        assertNull(HttpDates.parse(value, NOW));
    }

    @Test
    void mayBeAbsent() {
        assertNull(HttpDates.parse(null, NOW));
        assertNull(HttpDates.parse("S".repeat(1_000_000), NOW));
    }
}
