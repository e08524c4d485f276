package dev.millrace.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-01-31T23:59:50.250Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0|0", "1|1000", "120|120000", "86400|86400000", "86401|86400000",
            "999999999999999|86400000", "9999999999999999|86400000",
            "99999999999999999999|86400000", "00000000000000000003|3000", " 7 |7000",
            "Sun, 01 Feb 2026 00:00:00 GMT|9750",
            "Sun, 01 Feb 2026 23:59:50 GMT|86399750", "Sun, 01 Feb 2026 23:59:51 GMT|86400000",
            "Sat, 31 Jan 2026 23:59:50 GMT|0", "Thu, 01 Jan 1970 00:00:00 GMT|0",
            "Fri, 01 Jan 9999 00:00:00 GMT|86400000", "Sunday, 01-Feb-26 00:00:00 GMT|9750",
            "Sun Feb  1 00:00:00 2026|9750"})
    void readsSecondsAndDates(String value, long ms) {
        assertEquals(ms, RetryAfter.ms(value, NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "soon", "1e3", "+3", "2026-02-01T00:00:00Z",
            "Sun, 99 Feb 2026 00:00:00 GMT", "٣"})
    void takesTheRestForNothing(String value) {
        assertEquals(RetryAfter.NONE, RetryAfter.ms(value, NOW));
    }

    @Test
    void mayBeAbsent() {
        assertEquals(RetryAfter.NONE, RetryAfter.ms(null, NOW));
    }
}
