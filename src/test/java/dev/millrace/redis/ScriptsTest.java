package dev.millrace.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.millrace.redis.dev.RedisServerProcess;

/**
 * Guarantees of every Lua script: its contract, its file name and its code agree on keys and arguments; some Java code runs
 * it; the native executable carries it; and Redis can compile it.
 */
class ScriptsTest {

    private static final Path SOURCES = Path.of("src/main");
    private static final Path RESOURCES = SOURCES.resolve("resources");
    private static final Pattern NAME = Pattern.compile("[a-z-]+/[a-z-]+-(\\d+|N)");

    /** Files that scripts begin with, and that are none themselves. */
    private static final Set<String> PARTS = Set.of("queue/jobs.lua", "kv/sandbox.lua");

    static List<String> scripts() throws IOException {
        Path lua = RESOURCES.resolve("lua");
        try (Stream<Path> files = Files.walk(lua)) {
            List<String> names = files.filter(Files::isRegularFile).map(lua::relativize)
                    .map(path -> path.toString().replace('\\', '/')).filter(name -> !PARTS.contains(name)).sorted()
                    .toList();
            assertFalse(names.isEmpty());
            return names;
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void keepsItsContract(String file) throws IOException {
        assertTrue(file.endsWith(".lua"), "not a script");
        String name = file.substring(0, file.length() - ".lua".length());
        Matcher matcher = NAME.matcher(name);
        assertTrue(matcher.matches(), "is not named <feature>/<verb>-<keys>");
        String source = Files.readString(RESOURCES.resolve("lua/" + file));
        String header = source.lines().takeWhile(line -> line.startsWith("--")).collect(Collectors.joining("\n"));
        String code = source.lines().map(line -> line.replaceFirst("--.*", "")).collect(Collectors.joining("\n"));
        assertTrue(header.contains("\n-- returns "), "does not say what it returns");
        if (matcher.group(1).equals("N")) {
            assertTrue(header.contains("\n-- KEYS "), "does not say what its keys are");
            return;
        }
        int keys = Integer.parseInt(matcher.group(1));
        assertEquals(keys, highest("-- KEYS\\[(\\d+)] \\w+", header), "KEYS in the header");
        String whole = Script.load(name).source();
        assertEquals(keys, highest("KEYS\\[(\\d+)]", whole.replaceAll("--.*", "")), "KEYS in the code");
        assertEquals(highest("-- ARGV\\[(\\d+)] \\w+", header), highest("ARGV\\[(\\d+)]", code), "ARGV");
        for (int i = 1; i <= keys; i++) {
            assertTrue(header.contains("-- KEYS[" + i + "] "), "KEYS[" + i + "]");
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void isRunBySomeCode(String file) throws IOException {
        String literal = '"' + file.replace(".lua", "") + '"';
        try (Stream<Path> sources = Files.walk(SOURCES.resolve("java"))) {
            assertTrue(sources.filter(path -> path.toString().endsWith(".java")).anyMatch(path -> {
                try {
                    return Files.readString(path).contains(literal);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }), literal + " is nowhere in " + SOURCES);
        }
    }

    @Test
    void areAllInTheNativeExecutable() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(RESOURCES.resolve("application.properties"))) {
            properties.load(in);
        }
        String[] globs = properties.getProperty("quarkus.native.resources.includes").split(",");
        for (String file : scripts()) {
            assertTrue(Stream.of(globs).anyMatch(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob.strip())
                    .matches(Path.of("lua", file))), file);
        }
    }

    @Test
    void areUnderstoodByRedis() throws IOException {
        RedisServerProcess server = RedisServerProcess.launch();
        try (RedisConversation redis = new RedisConversation(server.port())) {
            for (String file : scripts()) {
                Script script = Script.load(file.replace(".lua", ""));
                assertEquals(script.sha1(), redis.call("SCRIPT", "LOAD", script.source()), file);
            }
        } finally {
            server.stopAndClean();
        }
    }

    private static int highest(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        int highest = 0;
        while (matcher.find()) {
            highest = Math.max(highest, Integer.parseInt(matcher.group(1)));
        }
        return highest;
    }
}
