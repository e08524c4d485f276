package dev.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the checks at start say of a Redis by its INFO. */
class RedisChecksTest {

    private static final Map<String, String> SAFE = Map.of("redis_version", "7.2.4", "maxmemory_policy", "noeviction",
            "maxmemory", "1000000", "aof_enabled", "1");

    @ParameterizedTest
    @CsvSource({"5.0.14, true", "6.0.20, true", "6.2.0, false", "6.2.7, false", "7.2.4, false", "8.2.1, false",
            "255.255.255, false"})
    void refusesWhatIsOlderThan62(String version, boolean refused) {
        assertEquals(refused, RedisChecks.findings(Map.of("redis_version", version), null).refusal() != null);
    }

    @Test
    void findsNothingWrongWithASafeSetUp() {
        RedisChecks.Findings findings = RedisChecks.findings(SAFE, "");
        assertNull(findings.refusal());
        assertEquals(0, findings.warnings().size());
    }

    @Test
    void warnsOfEviction() {
        assertWarning("allkeys-lru", with("maxmemory_policy", "allkeys-lru"), "");
    }

    @Test
    void warnsOfNoPersistenceButNotOfSnapshotsOrWhatItCannotSee() {
        assertWarning("persists nothing", with("aof_enabled", "0"), "");
        assertEquals(0, RedisChecks.findings(with("aof_enabled", "0"), "3600 1").warnings().size());
        assertEquals(0, RedisChecks.findings(with("aof_enabled", "0"), null).warnings().size());
    }

    @Test
    void warnsOfNoMemoryLimit() {
        assertWarning("maxmemory", with("maxmemory", "0"), "");
    }

    private static Map<String, String> with(String field, String value) {
        Map<String, String> info = new java.util.HashMap<>(SAFE);
        info.put(field, value);
        return info;
    }

    private static void assertWarning(String word, Map<String, String> info, String savePoints) {
        RedisChecks.Findings findings = RedisChecks.findings(info, savePoints);
        assertNotNull(findings);
        assertEquals(1, findings.warnings().size());
        assertTrue(findings.warnings().get(0).contains(word), findings.warnings().get(0));
    }
}
