package dev.millrace.cache.freshness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

/** Directives as origins write them. */
class CacheControlTest {

    private static CacheControl parse(String... lines) {
        return CacheControl.parse(List.of(lines));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"max-age=60 | 60", "MAX-Age=60 | 60", "max-age=0 | 0",
            "max-age=003600 | 3600", "max-age=\"60\" | 60", "max-age=\"\\60\" | 60", "public , max-age=60,, foo | 60",
            "max-age=2147483647 | 2147483647", "max-age=2147483648 | 2147483648", "max-age=2147483649 | 2147483648",
            "max-age=99999999999999999999999 | 2147483648", "max-age=5, max-age=9 | 5", "max-age=9, max-age=5 | 5",
            "x=\"max-age=9\", max-age=5 | 5", "max-age=5, x=\"a, max-age=9\" | 5",
            "x=\"\\\", max-age=9\", max-age=5 | 5",
            "public | -1", "x-max-age=5 | -1", "max-age | -2", "max-age= | -2", "max-age=x | -2", "max-age=-1 | -2",
            "max-age=1.0 | -2", "max-age='60' | -2", "max-age =60 | 60", "max-age= 60 | 60", "max-age = \"60\" | 60",
            "max-age=60s | -2",
            "max-age=5, max-age=x | -2", "max-age=60; no-store | -2", "max-age=\"60 | -2", "max-age=٦ | -2"})
    void aNumberOfSeconds(String line, long seconds) {
        assertEquals(seconds, parse(line).seconds("max-age"));
    }

    @Test
    void linesAreOneList() {
        CacheControl control = parse("max-age=600", "", "No-Store, s-maxage=5");
        assertTrue(control.has("no-store"));
        assertEquals(600, control.seconds("max-age"));
        assertEquals(5, control.seconds("s-maxage"));
        assertFalse(control.isMalformed());
        assertFalse(CacheControl.NONE.has("no-store"));
        assertEquals(CacheControl.NONE, CacheControl.parse(List.of()));
    }

    @Test
    void aQuoteEndsWithItsLine() {
        CacheControl control = parse("x=\"open", "no-store");
        assertTrue(control.has("no-store"));
        assertTrue(control.isMalformed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-store; private", "max-age=5; no-store", "x=\"a", "x=\"a\"b", "a b", "=5", "x=a b",
            "x=a\"b\"", "{no-store}"})
    void whatMayHideADirectiveIsMalformed(String line) {
        assertTrue(parse(line).isMalformed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", ", ,", "public", "foo, bar=\"baz, qux\"", "community=http://x/?a=b",
            "private=\"a, b\"", "&&&&&", "max-age=x"})
    void whatIsUnknownIsNot(String line) {
        assertFalse(parse(line).isMalformed());
    }

    @Property
    void neverFailsAndNeverOverlooksAPlainNoStore(
            @ForAll @Chars({'"', ',', '=', ' ', ';',
                    '\\'}) @CharRange(from = 'a', to = 'c') @StringLength(max = 12) String junk) {
        CacheControl control = parse(junk, "no-store");
        assertTrue(control.has("no-store"));
        control.seconds("a");
        assertTrue(parse("no-store," + junk).has("no-store"));
    }
}
