package dev.millrace.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Collections;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.core.JsonFactory;

/** A request has a bound of arguments, however they are spread over its commands. */
class KvCommandReaderTest {

    private final KvCommandReader reader = new KvCommandReader(new JsonFactory(), 10);

    private static byte[] command(int words) {
        return ("[" + String.join(",", Collections.nCopies(words, "1")) + "]").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] commands(int count, int words) {
        String one = new String(command(words), StandardCharsets.UTF_8);
        return ("[" + String.join(",", Collections.nCopies(count, one)) + "]").getBytes(StandardCharsets.UTF_8);
    }

    private static void assertTooMany(KvException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("at most 200000 arguments"), e.getMessage());
    }

    @Test
    void aCommandHasABoundOfArguments() {
        assertEquals(KvCommandReader.MAX_WORDS - 1, reader.one(command(KvCommandReader.MAX_WORDS)).args().size());
        assertTooMany(assertThrows(KvException.class, () -> reader.one(command(KvCommandReader.MAX_WORDS + 1))));
    }

    @Test
    void allCommandsTogetherHaveTheSameBound() {
        assertEquals(4, reader.several(commands(4, KvCommandReader.MAX_WORDS / 4)).size());
        assertTooMany(assertThrows(KvException.class,
                () -> reader.several(commands(5, KvCommandReader.MAX_WORDS / 4))));
    }
}
