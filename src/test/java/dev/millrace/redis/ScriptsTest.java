package dev.millrace.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

    private static final Pattern ARGUMENT = Pattern.compile("(?:KEYS|ARGV)\\[[^]]+]");
    private static final Pattern LOCAL = Pattern.compile("\\s*local ([\\w, ]+) = (.+)");
    private static final Pattern CODES = Pattern.compile("(?m)^-- codes (\\S+)\nlocal ([A-Z_, ]+) = ([-\\d, ]+)$");

    /** Files that scripts begin with, and that are none themselves. */
    private static final Set<String> PARTS = Set.of("cache/entry.lua", "cache/leases.lua", "cache/preconditions.lua",
            "cache/validity.lua", "kv/sandbox.lua", "queue/jobs.lua", "queue/keys.lua", "queue/lines.lua",
            "queue/rates.lua");

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

    /** Each key and argument is read once, into a local of the name that the header gives it. */
    @ParameterizedTest
    @MethodSource("scripts")
    void namesItsArguments(String file) throws IOException {
        String source = Script.load(file.replace(".lua", "")).source();
        Map<String, String> names = new TreeMap<>();
        Matcher declared = Pattern.compile("(?m)^-- ((?:KEYS|ARGV)\\[\\d+]) +(\\w+)").matcher(source);
        while (declared.find()) {
            names.put(declared.group(1), declared.group(2));
        }
        Map<String, String> bound = new TreeMap<>();
        for (String line : source.lines().map(line -> line.replaceFirst("--.*", "")).toList()) {
            if (!ARGUMENT.matcher(line).find()) {
                continue;
            }
            Matcher local = LOCAL.matcher(line);
            assertTrue(local.matches(), () -> "not bound to a local: " + line);
            List<String> locals = List.of(local.group(1).split(", "));
            List<String> values = expressions(local.group(2));
            for (int i = 0; i < values.size(); i++) {
                Matcher argument = ARGUMENT.matcher(values.get(i));
                while (argument.find()) {
                    String which = argument.group();
                    if (which.matches("\\w+\\[\\d+]")) {
                        assertEquals(null, bound.put(which, locals.get(i)), () -> which + " is read twice");
                    }
                }
            }
        }
        assertEquals(names, bound, "the header's names, and the names of the locals");
    }

    /** The parts of a list of expressions. */
    private static List<String> expressions(String list) {
        List<String> parts = new ArrayList<>(List.of(""));
        int depth = 0;
        for (String token : list.split("(?<=[(){},])|(?=[(){},])")) {
            depth += "({".contains(token) ? 1 : ")}".contains(token) ? -1 : 0;
            if (token.equals(",") && depth == 0) {
                parts.add("");
            } else {
                parts.set(parts.size() - 1, parts.get(parts.size() - 1) + token);
            }
        }
        return parts;
    }

    /** The codes that a script returns have the names and numbers of the enum that reads them, and it returns no other ones. */
    @ParameterizedTest
    @MethodSource("scripts")
    void returnsCodesThatJavaKnows(String file) throws IOException, ReflectiveOperationException {
        String code = Files.readString(RESOURCES.resolve("lua/" + file));
        Matcher codes = CODES.matcher(code);
        boolean some = codes.find();
        assertEquals(Pattern.compile("(?m)^--.*\\bcode\\b").matcher(code).find(), some, "names its codes");
        if (!some) {
            return;
        }
        Map<String, Integer> lua = new TreeMap<>();
        String[] constants = codes.group(2).split(", ");
        String[] numbers = codes.group(3).split(", ");
        assertEquals(constants.length, numbers.length);
        String body = code.substring(codes.end()).replaceAll("--.*", "");
        for (int i = 0; i < constants.length; i++) {
            lua.put(constants[i], Integer.valueOf(numbers[i]));
            assertTrue(Pattern.compile("\\b" + constants[i] + "\\b").matcher(body).find(),
                    constants[i] + " is not used");
        }
        Map<String, Integer> java = new TreeMap<>();
        for (Object constant : Class.forName("dev.millrace." + codes.group(1)).getEnumConstants()) {
            java.put(((Enum<?>) constant).name(), ((ReplyCode) constant).code());
        }
        assertTrue(java.entrySet().containsAll(lua.entrySet()), () -> lua + " are not of " + java);
        assertFalse(Pattern.compile("return (\\{ )?-?\\d").matcher(body).find(), "a number in place of a code");
    }

    /** Each code that Java knows is returned by some script. */
    @Test
    void noCodeIsKnownToJavaAlone() throws IOException {
        Map<String, Set<String>> lua = new TreeMap<>();
        for (String file : scripts()) {
            Matcher codes = CODES.matcher(Files.readString(RESOURCES.resolve("lua/" + file)));
            if (codes.find()) {
                String name = codes.group(1).replaceFirst(".*[.$]", "");
                lua.computeIfAbsent(name, n -> new TreeSet<>()).addAll(List.of(codes.group(2).split(", ")));
            }
        }
        Map<String, Set<String>> java = new TreeMap<>();
        try (Stream<Path> sources = Files.walk(SOURCES.resolve("java"))) {
            for (Path path : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                Matcher matcher = Pattern.compile("enum (\\w+) implements ReplyCode \\{(.*?);", Pattern.DOTALL)
                        .matcher(Files.readString(path).replaceAll("(?s)/\\*.*?\\*/", ""));
                while (matcher.find()) {
                    Set<String> constants = new TreeSet<>();
                    Matcher constant = Pattern.compile("\\b([A-Z_]+)\\(").matcher(matcher.group(2));
                    while (constant.find()) {
                        constants.add(constant.group(1));
                    }
                    java.put(matcher.group(1), constants);
                }
            }
        }
        assertEquals(java, lua);
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
