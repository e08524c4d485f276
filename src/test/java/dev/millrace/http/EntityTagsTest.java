package dev.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.millrace.http.problem.ApiException;

/** If-Match is read as RFC 9110 has it, up to a bound. */
class EntityTagsTest {

    @Test
    void listsTheVersionsOfStrongTags() {
        assertEquals(List.of(3L), EntityTags.ifMatch("\"3\""));
        assertEquals(List.of(1L, 7L), EntityTags.ifMatch(" \"1\" , W/\"2\",\"x\", \"07\",\"7\" "));
        assertEquals(List.of(), EntityTags.ifMatch("W/\"1\""));
        assertEquals(List.of(1L, 2L), EntityTags.ifMatch(",\"1\" ,, \t\"2\", "), "empty elements are skipped");
        assertNull(EntityTags.ifMatch(null));
        assertNull(EntityTags.ifMatch(" * "));
        assertEquals("\"12\"", EntityTags.of(12));
    }

    @Test
    void listsTheTagsOfAnyKind() {
        assertEquals(List.of("a", "b,c"), EntityTags.tags("If-Match", "\"a\", W/\"x\",,\"b,c\"", true));
        assertEquals(List.of("a", "x", ""), EntityTags.tags("If-None-Match", "\"a\", W/\"x\",\"\"", false));
        assertEquals(List.of("b"), EntityTags.tags("If-None-Match", "\"a c\",\"b\", \"\t\",W/\"\u20ac\"", false),
                "what is no tag hides none");
        assertNull(EntityTags.tags("If-Match", " * ", true));
        assertThrows(ApiException.class, () -> EntityTags.tags("If-Match", "a", true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "\"1", "\"1\" \"2\"", ",", " , ", "*,\"1\"", "w/\"1\""})
    void refusesWhatIsNoList(String header) {
        assertThrows(ApiException.class, () -> EntityTags.ifMatch(header));
    }

    @Test
    void takesAHundredTagsAndNoMore() {
        String tags = String.join(",", Collections.nCopies(100, "\"1\""));
        assertEquals(100, EntityTags.ifMatch(tags).size());
        assertThrows(ApiException.class, () -> EntityTags.ifMatch(tags + ",\"1\""));
        assertThrows(ApiException.class, () -> EntityTags.ifMatch((tags + ",").repeat(50) + "\"1\""));
    }
}
