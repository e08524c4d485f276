package dev.millrace.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options are recognised as Redis recognises them: without regard to case, and up to the first zero byte. */
class KvOptionsTest {

    private static KvCommand command(String... words) {
        return KvCommand.of(Arrays.stream(words).map(word -> word.getBytes(StandardCharsets.UTF_8)).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"COUNT", "count", "CoUnT\0", "COUNT\0COUNT", "count\0\0"})
    void theCountOfAScanIsBounded(String option) {
        assertEquals("10000", KvScans.bounded(command("SCAN", "0", option, "1000000")).arg(2));
        assertEquals("10000", KvScans.bounded(command("HSCAN", "k", "0", "MATCH", "a", option, "1000000")).arg(5));
        assertEquals("999", KvScans.bounded(command("SCAN", "0", option, "999")).arg(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"COUNT ", " COUNT", "COUN", "COUNTS", "\0COUNT", "CO\0UNT", ""})
    void whatRedisDoesNotRecogniseStays(String option) {
        assertEquals("1000000", KvScans.bounded(command("SCAN", "0", option, "1000000")).arg(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"block", "BLOCK\0", "BLOCK\0x"})
    void aReadMayNotBlock(String option) {
        KvRules rules = new KvRules(Map.of("XREAD", CommandKind.READS, "COPY", CommandKind.WRITES), false, false);
        assertThrows(KvException.class, () -> rules.check(command("XREAD", option, "0", "STREAMS", "s", "$")));
        assertThrows(KvException.class, () -> rules.check(command("COPY", "a", "b", "db" + option.substring(5), "0")));
    }

    @Test
    void aReaderRunsNoScriptsUnlessAllowed() {
        Map<String, CommandKind> kinds = Map.of("EVAL_RO", CommandKind.READS, "EVALSHA_RO", CommandKind.READS);
        for (String name : kinds.keySet()) {
            assertThrows(KvException.class,
                    () -> new KvRules(kinds, true, false).check(command(name, "return 1", "0")));
            new KvRules(kinds, true, true).check(command(name, "return 1", "0"));
            new KvRules(kinds, false, false).check(command(name, "return 1", "0"));
        }
    }
}
