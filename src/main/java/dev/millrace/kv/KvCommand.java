package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

import dev.millrace.redis.RedisValues;

/**
 * A command that a client sent.
 *
 * @param name in capitals
 */
record KvCommand(String name, List<byte[]> args) {

    /**
     * Creates a command from its words.
     *
     * @param words the name and the arguments
     * @throws KvException if there are no words
     */
    static KvCommand of(List<byte[]> words) {
        if (words.isEmpty()) {
            throw new KvException("ERR empty command");
        }
        return new KvCommand(text(words.get(0)).toUpperCase(Locale.ROOT), words.subList(1, words.size()));
    }

    /** Returns an argument as text; empty if there is no such argument. */
    String arg(int i) {
        return i < args.size() ? text(args.get(i)) : "";
    }

    /** Returns whether Redis takes an argument for an option: without regard to case, and up to the first zero byte. */
    static boolean isWord(byte[] arg, String option) {
        int length = option.length();
        if (arg.length < length || arg.length > length && arg[length] != 0) {
            return false;
        }
        return new String(arg, 0, length, StandardCharsets.ISO_8859_1).equalsIgnoreCase(option);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Returns the command as a request of the Vert.x client.
     *
     * @param cluster whether the Vert.x client must find the keys, which needs its own definition of the command
     */
    Request request(boolean cluster) {
        Request request = Request.cmd(cluster ? Command.create(name) : RedisValues.command(name));
        for (byte[] arg : args) {
            request.arg(arg);
        }
        return request;
    }
}
