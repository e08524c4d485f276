package dev.millrace.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.millrace.encoding.Digests;

/**
 * A Lua script in {@code src/main/resources/lua/<feature>/<verb>-<keys>.lua}, which opens with its contract. A line
 * {@code -- uses <feature>/<name>} in it puts the file of that name in front, for what several scripts share.
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
        String own = read(name);
        Matcher uses = USES.matcher(own);
        String source = uses.find() ? read(uses.group(1)) + own : own;
        return new Script(name, source, Digests.sha1Hex(source.getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns what to tell of an error reply to this script: Redis counts lines with what the script uses in front. */
    ScriptFailedException failure(Throwable reply) {
        String file = "lua/" + name + ".lua";
        Matcher place = LINE.matcher(String.valueOf(reply.getMessage()));
        if (place.find()) {
            int line = Integer.parseInt(place.group(1));
            int before = (int) (source.lines().count() - read(name).lines().count());
            Matcher uses = USES.matcher(source);
            if (line > before) {
                file += ", line " + (line - before);
            } else if (uses.find()) {
                file = "lua/" + uses.group(1) + ".lua, line " + line;
            }
        }
        return new ScriptFailedException("Script " + file, reply.getMessage());
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
