package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.vertx.core.MultiMap;

import dev.millrace.Configs;

/** Which header fields may choose a variant, and which requests share one. */
class VariantTest {

    private static final Region REGION = Region.of(Configs.of(CacheConfig.class)).withVary(List.of("A", "b"))
            .withOrigin(new Origin("http://origin.example/{key}"));

    private static Variant of(String... fields) {
        MultiMap all = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < fields.length; i += 2) {
            all.add(fields[i], fields[i + 1]);
        }
        return Variant.of(REGION.vary(), all);
    }

    @Test
    void theSameValuesAreTheSameVariant() {
        assertEquals(Map.of("a", "1, 2", "b", "x"), of("a", "1", "B", " x ", "A", "2", "c", "3").fields());
        assertEquals(of("a", "1", "b", "2").id(REGION), of("B", "2", "A", "1", "c", "3").id(REGION));
        assertEquals(of().id(REGION), of("a", "", "b", " ").id(REGION));
    }

    @Test
    void differentValuesAreDifferentVariants() {
        assertNotEquals(of("a", "1").id(REGION), of("b", "1").id(REGION));
        assertNotEquals(of("a", "1", "b", "2").id(REGION), of("a", "1, b=2").id(REGION));
        assertNotEquals(of("a", "1").id(REGION), of().id(REGION));
        assertNotEquals("", of().id(REGION));
        assertEquals("", Variant.NONE.id(REGION.withVary(List.of())));
        assertEquals("", of("a", "1").id(REGION.withOrigin(null)), "only an origin has variants");
    }

    @Test
    void aLongValueCountsAsAbsent() {
        assertEquals(Map.of("a", "x".repeat(256)), of("a", "x".repeat(256)).fields());
        assertEquals(Map.of(), of("a", "x".repeat(257)).fields());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "cookie", "Host", "Connection", "TE", "If-None-Match",
            "Proxy-Authorization",
            "Content-Type", "Accept-Encoding", "Range", "X-Forwarded-For", "*", "", "a b", "a:", "é", "Cache-Control"})
    void whatIsNotSentToOriginsIsRefused(String name) {
        assertNotNull(Variant.problem(List.of("Accept", name)));
    }

    @Test
    void namesAreBounded() {
        assertNull(Variant.problem(List.of()));
        assertNull(Variant.problem(List.of("Accept-Language", "Accept", "X-Country", "Sec-CH-UA-Mobile")));
        assertNotNull(Variant.problem(List.of("a", "b", "c", "d", "e")));
        assertNotNull(Variant.problem(List.of("x".repeat(65))));
    }
}
