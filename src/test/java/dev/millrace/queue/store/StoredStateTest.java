package dev.millrace.queue.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.vertx.redis.client.impl.types.SimpleStringType;

/** The words for the state of a job: the scripts and Java know the same ones, and another one fails. */
class StoredStateTest {

    @Test
    void scriptsSayWhatJavaKnows() throws IOException {
        String jobs = Files.readString(Path.of("src/main/resources/lua/queue/jobs.lua"));
        String where = jobs.substring(jobs.indexOf("local function where(id)"));
        Set<String> words = Pattern.compile("return '(\\w+)'").matcher(where.substring(0, where.indexOf("\nend\n")))
                .results().map(word -> word.group(1)).collect(Collectors.toSet());
        assertEquals(words, StoredState.WORDS);
    }

    @Test
    void anUnknownWordFails() {
        assertThrows(IllegalStateException.class, () -> StoredState.of(SimpleStringType.create("asleep")));
    }
}
