package dev.millrace.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.millrace.encoding.Digests;

/**
 * A Lua script in {@code src/main/resources/lua/<feature>/<verb>-<keys>.lua}, which opens with its contract. Each
 * line {@code -- uses <feature>/<name>} in it puts the file of that name in front, and what that one uses, for what several scripts share.
 *
 * @param name {@code <feature>/<verb>-<keys>}; {@code keys} is a number, or {@code N} where it varies
 * @param source the text
 * @param sha1 by which EVALSHA knows it
 */
public record Script(String name, String source, String sha1) {

    /** How Redis names the place of an error, in a script as a whole. */
    private static final Pattern LINE = Pattern.compile("user_script:(\\d+)");
    private static final Pattern USES = Pattern.compile("^-- uses ([a-z/-]+)$", Pattern.MULTILINE);

    /** Reads the script, and what it uses, from the class path. */
    static Script load(String name) {
        String source = whole(name);
        return new Script(name, source, Digests.sha1Hex(source.getBytes(StandardCharsets.UTF_8)));
    }

    private static String whole(String name) {
        String own = read(name);
        return used(own).map(Script::whole).collect(Collectors.joining()) + own;
    }

    private static Stream<String> used(String own) {
        return USES.matcher(own).results().map(uses -> uses.group(1));
    }

    /** Returns what to tell of an error reply to this script: Redis counts lines with what the script uses in front. */
    ScriptFailedException failure(Throwable reply) {
        Matcher place = LINE.matcher(String.valueOf(reply.getMessage()));
        String file = place.find() ? place(name, Integer.parseInt(place.group(1))) : "lua/" + name + ".lua";
        return new ScriptFailedException("Script " + file, reply.getMessage());
    }

    /** The file, and the line in it, of a line of a script with what it uses in front. */
    private static String place(String name, int line) {
        int left = line;
        for (String part : used(read(name)).toList()) {
            int lines = (int) whole(part).lines().count();
            if (left <= lines) {
                return place(part, left);
            }
            left -= lines;
        }
        return "lua/" + name + ".lua, line " + left;
    }

    private static String read(String name) {
        String path = "lua/" + name + ".lua";
        try (InputStream in = Script.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("Missing script " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
