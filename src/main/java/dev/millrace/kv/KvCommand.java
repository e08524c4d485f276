package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

import dev.millrace.redis.RedisValues;

/**
 * A command as a caller gave it.
 *
 * @param name in capitals
 */
record KvCommand(String name, List<byte[]> args) {

    /**
     * @param words the name and its arguments
     * @throws KvException if there are none
     */
    static KvCommand of(List<byte[]> words) {
        if (words.isEmpty()) {
            throw new KvException("ERR empty command");
        }
        return new KvCommand(text(words.get(0)).toUpperCase(Locale.ROOT), words.subList(1, words.size()));
    }

    /** An argument as text, empty if there is none. */
    String arg(int i) {
        return i < args.size() ? text(args.get(i)) : "";
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** @param cluster whether the client must find the keys in it, for which it knows most commands, and how many arguments they have */
    Request request(boolean cluster) {
        Request request = Request.cmd(cluster ? Command.create(name) : RedisValues.command(name));
        for (byte[] arg : args) {
            request.arg(arg);
        }
        return request;
    }
}
