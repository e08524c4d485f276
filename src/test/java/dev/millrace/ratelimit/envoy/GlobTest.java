package dev.millrace.ratelimit.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class GlobTest {

    @ParameterizedTest
    @CsvSource({"*,''", "*,a", "a*,a", "*.example.com,x.example.com", "/v*/users/*,/v1/users/", "a*b*c,abcbc", "**,x",
            "a*,a*b"})
    void matches(String pattern, String text) {
        assertTrue(new Glob(pattern).matches(text));
    }

    @ParameterizedTest
    @CsvSource({"a*,''", "a*,ba", "*.example.com,example.com", "a*b,abc", "a*b*c,acb", "a.c,abc"})
    void doesNotMatch(String pattern, String text) {
        assertFalse(new Glob(pattern).matches(text));
    }

    @Test
    void whatCoversMatchesNoLess() {
        assertTrue(new Glob("a*").covers(new Glob("a*b*")));
        assertTrue(new Glob("*").covers(new Glob("**")));
        assertFalse(new Glob("a*b*").covers(new Glob("a*")));
        assertFalse(new Glob("*a*").covers(new Glob("*b*")));
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.strings().withChars('a', 'b', '*').ofMaxLength(6);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars('a', 'b', 'c').ofMaxLength(8);
    }

    @Property
    void matchesAsARegularExpressionDoes(@ForAll("patterns") String pattern, @ForAll("texts") String text) {
        assertEquals(Pattern.matches(pattern.replace("*", ".*"), text), new Glob(pattern).matches(text));
    }

    @Property
    void aCoveredOneMatchesNothingElse(@ForAll("patterns") String wide, @ForAll("patterns") String narrow,
            @ForAll("texts") String text) {
        if (new Glob(wide).covers(new Glob(narrow)) && new Glob(narrow).matches(text)) {
            assertTrue(new Glob(wide).matches(text));
        }
    }
}
