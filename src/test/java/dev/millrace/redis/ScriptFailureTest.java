package dev.millrace.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;

/** A broken script says which file and line are wrong. */
@QuarkusTest
class ScriptFailureTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String NAME = "settings/put-2";

    @Inject
    Scripts scripts;

    private void assertFailsAt(int line, Script script) {
        String message = assertThrows(ScriptFailedException.class,
                () -> scripts.run(script, List.of(), List.of()).await().atMost(TIMEOUT)).getMessage();
        assertTrue(message.startsWith("Script lua/" + NAME + ".lua, line " + line + ": "), message);
    }

    private static int lineOf(Script script, String code) {
        return 1 + (int) script.source().lines().takeWhile(line -> !line.contains(code)).count();
    }

    @Test
    void whenItDoesNotCompile() {
        Script script = Script.load(NAME);
        String code = "local time = redis.call";
        Script broken = new Script(NAME, script.source().replace(code, "local time = = redis.call"), "0".repeat(40));
        assertFailsAt(lineOf(script, code), broken);
    }

    @Test
    void whenItFailsWhileItRuns() {
        Script script = Script.load(NAME);
        // It lacks its keys. The first time Redis may not know it, the second time it does.
        for (int i = 0; i < 2; i++) {
            assertFailsAt(lineOf(script, "redis.call('HGET'"), script);
        }
    }

    @Test
    void whenItUsesAnotherFile() throws IOException {
        Script script = Script.load("queue/enqueue-1");
        long whole = script.source().lines().count();
        long keys = Files.readString(Path.of("src/main/resources/lua/queue/keys.lua")).lines().count();
        long own = Files.readString(Path.of("src/main/resources/lua/queue/enqueue-1.lua")).lines().count();
        assertEquals("Script lua/queue/enqueue-1.lua, line " + own + ": ERR user_script:" + whole + ": oops",
                script.failure(new Throwable("ERR user_script:" + whole + ": oops")).getMessage());
        assertEquals("Script lua/queue/lines.lua, line 1: ERR user_script:" + (keys + 1) + ": oops",
                script.failure(new Throwable("ERR user_script:" + (keys + 1) + ": oops")).getMessage());
        assertEquals("Script lua/queue/keys.lua, line 1: ERR user_script:1: oops",
                script.failure(new Throwable("ERR user_script:1: oops")).getMessage());
        assertEquals("Script lua/queue/enqueue-1.lua: NOPERM", script.failure(new Throwable("NOPERM")).getMessage());
    }
}
