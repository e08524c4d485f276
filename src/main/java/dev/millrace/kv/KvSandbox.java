package dev.millrace.kv;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Confines clients' scripts to their database, by {@code lua/kv/sandbox.lua} in front of each script. */
final class KvSandbox {

    private static final String SHEBANG = "#!";
    /** A flag of Upstash that Redis does not know. It allows keys that the script computes, which Redis always allows. */
    private static final String UPSTASH_FLAG = "allow-key-locking";

    private static final Pattern LUA = Pattern.compile("#!lua(\\s.*)?", Pattern.DOTALL);

    private final byte[] prelude;

    KvSandbox() {
        try (InputStream in = KvSandbox.class.getResourceAsStream("/lua/kv/sandbox.lua")) {
            prelude = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.startsWith("--")).map(String::strip)
                    .collect(Collectors.joining(" ", "", " ")).getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the script with its sandbox. The sandbox is in the first line, so that line numbers in errors are those of the client's script.
     *
     * @throws KvException if the script is not in Lua
     */
    byte[] wrap(byte[] script) {
        if (script.length < 2 || script[0] != SHEBANG.charAt(0) || script[1] != SHEBANG.charAt(1)) {
            return join(prelude, script, 0);
        }
        int end = 0;
        while (end < script.length && script[end] != '\n') {
            end++;
        }
        String shebang = new String(script, 0, end, StandardCharsets.UTF_8);
        if (shebang.contains(UPSTASH_FLAG)) {
            // The rest begins with the end of that line.
            return join(prelude, script, end);
        }
        if (!LUA.matcher(shebang).matches()) {
            throw new KvException("ERR Unexpected engine in script shebang: " + shebang.strip());
        }
        byte[] head = Arrays.copyOf(script, Math.min(end + 1, script.length));
        return join(head.length == end ? head : join(head, prelude, 0), script, Math.min(end + 1, script.length));
    }

    private static byte[] join(byte[] head, byte[] tail, int from) {
        byte[] joined = Arrays.copyOf(head, head.length + tail.length - from);
        System.arraycopy(tail, from, joined, head.length, tail.length - from);
        return joined;
    }
}
