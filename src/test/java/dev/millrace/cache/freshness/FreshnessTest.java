package dev.millrace.cache.freshness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Lifetime and age of a response that took 300 ms, in ms. */
class FreshnessTest {

    private static final long RECEIVED = Instant.parse("2026-11-30T12:00:00.200Z").toEpochMilli();
    private static final long ASKED = RECEIVED - 300;
    private static final String NOW = "Mon, 30 Nov 2026 12:00:00 GMT";
    private static final String BEFORE = "Mon, 30 Nov 2026 11:59:49 GMT";
    private static final String IN_A_MINUTE = "Mon, 30 Nov 2026 12:01:00 GMT";
    private static final long UNKNOWN = Freshness.UNKNOWN;
    private static final long MOST = 2_147_483_648_000L;

    private static Freshness of(String... fields) {
        Function<String, List<String>> lines = Fields.of(fields);
        return Freshness.of(CachePolicy.of(lines), lines, ASKED, RECEIVED);
    }

    static Stream<Arguments> examples() {
        return Stream.of(
                example(UNKNOWN, 300),
                example(UNKNOWN, 300, "cache-control", "public", "last-modified", BEFORE),
                example(60_000, 300, "cache-control", "max-age=60"),
                example(5000, 300, "cache-control", "max-age=60, s-maxage=5"),
                example(5000, 300, "cache-control", "s-maxage=5", "cache-control", "max-age=60"),
                example(60_000, 300, "cache-control", "max-age=60", "expires", "0"),
                example(0, 300, "cache-control", "max-age=0", "expires", IN_A_MINUTE),
                example(0, 300, "cache-control", "max-age=x", "expires", IN_A_MINUTE),
                example(0, 300, "cache-control", "s-maxage=x, max-age=60"),
                example(MOST, 300, "cache-control", "max-age=99999999999"),
                example(59_800, 300, "expires", IN_A_MINUTE),
                example(59_800, 300, "expires", IN_A_MINUTE, "date", "yesterday"),
                example(60_000, 300, "expires", IN_A_MINUTE, "date", NOW),
                example(60_000, 300, "expires", IN_A_MINUTE, "cache-control", "public", "date", NOW),
                example(71_000, 10_000, "expires", IN_A_MINUTE, "date", BEFORE),
                example(0, 300, "expires", NOW, "date", NOW),
                example(0, 300, "expires", NOW, "date", IN_A_MINUTE),
                example(0, 300, "expires", "0"),
                example(0, 300, "expires", "-1"),
                example(0, 300, "expires", "Mon, 30 Nov 2026 12:01:00 utc"),
                example(0, 300, "expires", "Mon, 30 Nov 2026 12:01:00 AEST"),
                example(0, 300, "expires", ""),
                example(0, 300, "expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
                example(0, 300, "expires", IN_A_MINUTE, "expires", IN_A_MINUTE),
                example(60_000, 300, "expires", "Monday, 30-Nov-26 12:01:00 GMT", "date", NOW),
                example(60_000, 300, "expires", "Mon Nov 30 12:01:00 2026", "date", NOW),
                example(MOST, 300, "expires", "Fri, 31 Dec 9999 23:59:59 GMT", "date", NOW),
                example(60_000, 7_200_300, "cache-control", "max-age=60", "age", "7200"),
                example(60_000, 7_200_300, "cache-control", "max-age=60", "age", "7200, 0"),
                example(60_000, 7_200_300, "cache-control", "max-age=60", "age", "7200", "age", "0"),
                example(60_000, 300, "cache-control", "max-age=60", "age", "0, 7200"),
                example(60_000, 300, "cache-control", "max-age=60", "age", "0", "age", "7200"),
                example(60_000, 300, "cache-control", "max-age=60", "age", "abc"),
                example(60_000, 300, "cache-control", "max-age=60", "age", "-7200"),
                example(60_000, 300, "cache-control", "max-age=60", "age", "7200.0"),
                example(60_000, 300, "cache-control", "max-age=60", "age", ""),
                example(60_000, MOST, "cache-control", "max-age=60", "age", "99999999999999999999"),
                example(60_000, MOST, "cache-control", "max-age=60", "age", "2147483648"),
                example(60_000, 10_000, "cache-control", "max-age=60", "date", BEFORE),
                example(60_000, 20_300, "cache-control", "max-age=60", "date", BEFORE, "age", "20"),
                example(60_000, 300, "cache-control", "max-age=60", "date", IN_A_MINUTE),
                example(60_000, 300, "cache-control", "max-age=60", "date", BEFORE, "date", BEFORE),
                example(9000, 300, "cdn-cache-control", "max-age=9", "cache-control", "max-age=60", "expires", "0"),
                example(UNKNOWN, 300, "cdn-cache-control", "public", "cache-control", "max-age=60", "expires", "0"));
    }

    private static Arguments example(long lifetime, long age, String... fields) {
        return Arguments.of(lifetime, age, fields);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void isAsTheResponseSays(long lifetime, long age, String[] fields) {
        assertEquals(new Freshness(lifetime, age), of(fields));
    }

    @Test
    void itsAgeCountsAgainstAnyLifetime() {
        assertEquals(59_700, of("cache-control", "max-age=60").leftMs(5));
        assertEquals(4700, of().leftMs(5000));
        assertEquals(-40_300, of("cache-control", "max-age=60", "age", "100").leftMs(5));
        assertTrue(of("expires", "0").isExplicit());
        assertFalse(of().isExplicit());
    }
}
