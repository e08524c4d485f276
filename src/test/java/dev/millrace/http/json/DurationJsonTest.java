package dev.millrace.http.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Guarantees of durations in requests and configuration: the forms that are taken, and that all others are explained. */
class DurationJsonTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "250ms,250", "0s,0", "30s,30000", "15m,900000", "2h,7200000", "7d,604800000",
            "36500d,3153600000000",
            "PT15M,900000", "PT1.5S,1500", "P1DT1H,90000000", "pt1s,1000", "007s,7000", "P0D,0"})
    void areReadInEveryForm(String text, long ms) {
        assertEquals(Duration.ofMillis(ms), DurationJson.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "s", "5", "5 s", " 5s", "5s ", "5S", "5parsecs", "1.5s", "-5s", "+5s", "1m30s",
            "٣s", "P", "PT", "P1Y", "P1M", "PT1H1", "1e3s", "0x10s", "1_000ms", "999999999999999999999s"})
    void areNotGuessedFromOtherText(String text) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> DurationJson.parse(text));
        assertTrue(e.getMessage().startsWith("must be a duration such as"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "-PT1S", "P-1D"})
    void areNotNegative(String text) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> DurationJson.parse(text));
        assertEquals("must not be negative", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"36501d", "999999999999999d", "999999999999999h", "P36501D", "PT9223372036854775807S"})
    void areAtMostAHundredYears(String text) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> DurationJson.parse(text));
        assertEquals("must be at most 100 years", e.getMessage());
    }
}
