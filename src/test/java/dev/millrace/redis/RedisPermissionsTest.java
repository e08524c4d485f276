package dev.millrace.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.vertx.redis.client.Command;

/** The rules for the Redis user contain all commands of the scripts, and the documentation shows these rules. */
class RedisPermissionsTest {

    /** A command may be in an expression, such as {@code front and 'LPUSH' or 'RPUSH'}, or in a variable. */
    private static final Pattern WORD = Pattern.compile("'([A-Z]+)'");
    private static final Set<String> COMMANDS = Arrays.stream(Command.class.getFields()).map(Field::getName)
            .collect(Collectors.toSet());
    private static final Path OPERATIONS = Path.of("docs/operations.md");

    @Test
    void containTheCommandsOfAllScripts() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String script : ScriptsTest.scripts()) {
            String source = Script.load(script.replace(".lua", "")).source().replaceAll("(?m)--.*$", "");
            Matcher word = WORD.matcher(source);
            while (word.find()) {
                if (COMMANDS.contains(word.group(1))) {
                    used.add("+" + word.group(1).toLowerCase(Locale.ROOT));
                }
            }
        }
        assertTrue(used.contains("+pexpire"), "of cache/get-3, in a variable");
        used.removeAll(Set.of(RedisPermissions.rules().split(" ")));
        assertEquals(Set.of(), used, "missing in RedisPermissions");
    }

    @Test
    void areInTheDocumentation() throws IOException {
        String documented = Files.readString(OPERATIONS);
        for (String rules : new String[]{RedisPermissions.rules(), RedisPermissions.rulesOfCallers()}) {
            assertTrue(Arrays.stream(documented.split("```")).map(block -> block.replaceAll("\\s+", " "))
                    .anyMatch(block -> block.contains(" " + rules + " ")),
                    () -> "not in " + OPERATIONS + ":\n" + wrapped(rules));
        }
    }

    private static String wrapped(String rules) {
        return Arrays.stream(rules.split(" ")).collect(Collectors.joining(" ")).replaceAll("(.{1,110})( |$)", "  $1\n");
    }

    @Test
    void areCheckedByCallsThatRedisAccepts() {
        RedisPermissions.checked().forEach(permission -> assertTrue(
                permission.words().size() >= RedisValues.minWords(permission.words().get(0)), permission::toString));
    }
}
