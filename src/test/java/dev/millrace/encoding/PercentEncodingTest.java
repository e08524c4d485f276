package dev.millrace.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is encoded is decoded to the same text, and has none but plain characters and escapes. */
class PercentEncodingTest {

    @Property
    void decodesToTheSame(@ForAll String text) {
        String encoded = PercentEncoding.encode(text, PercentEncoding::isUnreserved);
        assertEquals(true, encoded.matches("(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*"), encoded);
        // An unpaired surrogate is not in UTF-8.
        String valid = new String(text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(valid, PercentEncoding.decode(encoded));
    }

    @ParameterizedTest
    @CsvSource({"a b, a%20b", "+, %2B", "100%, 100%25", "é, %C3%A9", "💧x, %F0%9F%92%A7x", "a/b:c, a%2Fb%3Ac"})
    void encodes(String text, String encoded) {
        assertEquals(encoded, PercentEncoding.encode(text, PercentEncoding::isUnreserved));
    }

    @Test
    void plainCharactersStay() {
        String text = "azAZ09-._~";
        assertSame(text, PercentEncoding.encode(text, PercentEncoding::isUnreserved));
        assertEquals("é%7B💧", PercentEncoding.encode("é{💧", c -> c != '{'));
        assertEquals("a+b c", PercentEncoding.decode("a+b%20c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%2", "%zz", "a%"})
    void refusesBadEscapes(String text) {
        assertThrows(IllegalArgumentException.class, () -> PercentEncoding.decode(text));
    }
}
