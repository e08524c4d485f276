package dev.millrace.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a media type and what is not. */
class MediaTypesTest {

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/vnd.api+json", "text/html;charset=utf-8",
            "text/html; charset=\"utf-8\"", "text/html ; charset=utf-8 ; q=\"a,b\\\"c\"", "text/html;", "text/html; ",
            "x/y", "A/B"})
    void isOne(String text) {
        assertTrue(MediaTypes.isMediaType(text));
        assertEquals(text, MediaTypes.orOctets(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "foo", "/", "text/", "/plain", "text/plain, text/html", "a/b/c", "text plain",
            "*/*", "text/*", "text/plain; charset", "text/plain; charset=", "text/plain; charset=\"x", ";",
            "text/plain; charset=\"a\nb\"", "text/plain\r\nX: y", "text/plain; a=b c", "text/pläin"})
    void isNone(String text) {
        assertFalse(MediaTypes.isMediaType(text));
        assertEquals("application/octet-stream", MediaTypes.orOctets(text));
    }

    @Test
    void itsLengthIsBounded() {
        assertTrue(MediaTypes.isMediaType("text/" + "x".repeat(251)));
        assertFalse(MediaTypes.isMediaType("text/" + "x".repeat(252)));
        assertFalse(MediaTypes.isMediaType(null));
    }
}
