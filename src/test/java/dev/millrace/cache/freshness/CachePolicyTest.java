package dev.millrace.cache.freshness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may keep a response, and who may serve it stale. */
class CachePolicyTest {

    private static CachePolicy policy(String... fields) {
        return CachePolicy.of(Fields.of(fields));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-store", "No-Store", "max-age=5, no-store", "private", "private=\"x\"", "no-cache",
            "no-cache=\"set-cookie\"", "max-age=5; private", "x=\"a"})
    void itMustNotBeStored(String control) {
        assertEquals(1, policy("cache-control", control).refusal() == null ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "public", "max-age=5", "must-understand, no-store, max-age=5", "must-revalidate",
            "immutable", "x=\"no-store\"", "no-transform", "only-if-cached"})
    void itMayBeStored(String control) {
        assertNull(policy("cache-control", control).refusal());
    }

    @Test
    void pragmaCountsOnlyWithoutCacheControl() {
        assertEquals("Pragma: no-cache", policy("pragma", "No-Cache").refusal());
        assertNull(policy("pragma", "no-cache", "cache-control", "max-age=5").refusal());
        assertNull(policy("pragma", "foo").refusal());
    }

    @Test
    void theFieldForCdnsReplacesTheOther() {
        assertNull(policy("cdn-cache-control", "max-age=60", "cache-control", "no-store").refusal());
        assertEquals("no-store", policy("cdn-cache-control", "no-store", "cache-control", "max-age=5").refusal());
        assertEquals("private", policy("cdn-cache-control", "private", "cache-control", "max-age=5").refusal());
        assertEquals("no-cache", policy("cdn-cache-control", "no-cache").refusal());
        assertEquals(60, policy("cdn-cache-control", "max-age=60", "cache-control", "max-age=5").control()
                .seconds("max-age"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "max-age=60, &&&&&", "max-age=\"60\"", "max-age", "max-age =60", "max-age= 60",
            "max-age=60,", ",max-age=60", "MAX-AGE=60", "max-age=60.5", "max-age=-1", "no-store=5", "max-age=60;;a",
            "max-age=60 no-store", "a=(1 2", "a=:x", "a=\"x", "max-age=1234567890123456"})
    void theFieldForCdnsIsIgnoredIfItIsBroken(String broken) {
        assertEquals("no-store", policy("cdn-cache-control", broken, "cache-control", "no-store").refusal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age=60", "max-age=60;x", "max-age=60; x=1;y=\"z\"", "foo, max-age=60",
            "max-age=5, max-age=60", "max-age=60 ,\tpublic", "a=(1 \"b\" c);d, max-age=60, e=:aGk=:, f=?0, g=-1.5",
            "  max-age=60  ", "no-store, no-store=?0, max-age=60", "private=?0, max-age=60", "max-age=060"})
    void theFieldForCdnsIsADictionary(String field) {
        CachePolicy policy = policy("cdn-cache-control", field, "cache-control", "no-store");
        assertNull(policy.refusal());
        assertEquals(60, policy.control().seconds("max-age"));
    }

    @Test
    void theFieldForCdnsMayHaveLines() {
        assertEquals("no-store", policy("cdn-cache-control", "max-age=60", "cdn-cache-control", "no-store").refusal());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"stale-while-revalidate=5 | 5000", "max-age=1 | 77",
            "stale-while-revalidate=x | 0", "stale-while-revalidate=5, must-revalidate | 0",
            "stale-while-revalidate=5, proxy-revalidate | 0", "stale-while-revalidate=5, s-maxage=9 | 0",
            "stale-while-revalidate=5, no-cache | 0", "Must-Revalidate | 0", "s-maxage=9 | 0",
            "stale-while-revalidate=99999999999 | 2147483648000"})
    void howLongItMayBeServedStale(String control, long ms) {
        assertEquals(ms, policy("cache-control", control).staleMs("stale-while-revalidate", 77));
    }

    @Test
    void namesInVary() {
        assertEquals(Set.of("a", "b", "*"), CachePolicy.vary(List.of("B, a,", "", ", *", "A")));
        assertEquals(Set.of(), CachePolicy.vary(List.of()));
    }
}
