package dev.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawJsonTest {

    @ParameterizedTest
    @CsvSource({
            "'', true", "plain, true", "\u00e9\u4e16\uffff, true", "\ud83d\ude00, true",
            "a\ud83d\ude00\ud83d\ude00b, true",
            "\ud83d, false", "\ude00, false", "a\ud83db, false", "\ud83d\ud83d\ude00, false",
            "\ud83d\ude00\ude00, false"})
    void textIsWellFormedIfEachSurrogateHasItsOtherHalf(String text, boolean wellFormed) {
        assertEquals(wellFormed, RawJson.isWellFormed(text));
    }
}
