package dev.millrace.ops;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;

import io.vertx.redis.client.Response;

/**
 * An entry of Redis' slow log, without secrets and payloads: of the arguments it keeps only the first key and their number.
 *
 * @param command in capitals, with the subcommand if there is one
 * @param sha1 of the script, if the command runs a script by its hash; else null
 * @param key the first key, truncated to {@value #MAX_KEY} characters; null if the first argument is not a key
 * @param arguments number of arguments, including the subcommand
 * @param clientName null if the client has no name
 */
record SlowCommand(long id, long atSeconds, long micros, String command, @Nullable String sha1, @Nullable String key,
        int arguments,
        @Nullable String clientAddress, @Nullable String clientName) {

    static final int MAX_KEY = 128;

    /** Redis keeps 32 words of a command. The last word then says how many are left out. */
    private static final Pattern LEFT_OUT = Pattern.compile("\\.\\.\\. \\((\\d{1,9}) more arguments\\)");

    private static final Set<String> WITH_SUBCOMMAND = Set.of("ACL", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DEBUG",
            "FUNCTION", "LATENCY", "MEMORY", "MODULE", "OBJECT", "PUBSUB", "SCRIPT", "SLOWLOG", "XGROUP", "XINFO");
    private static final Set<String> KEY_AFTER_SUBCOMMAND = Set.of("MEMORY USAGE", "OBJECT ENCODING", "OBJECT FREQ",
            "OBJECT IDLETIME", "OBJECT REFCOUNT", "XGROUP CREATE", "XGROUP CREATECONSUMER", "XGROUP DELCONSUMER",
            "XGROUP DESTROY", "XGROUP SETID", "XINFO CONSUMERS", "XINFO GROUPS", "XINFO STREAM");
    /** Their arguments: script or function, number of keys, keys, other arguments. */
    private static final Set<String> SCRIPTED = Set.of("EVAL", "EVAL_RO", "EVALSHA", "EVALSHA_RO", "FCALL", "FCALL_RO");
    /** Their first argument is not a key: a payload, a password, a number or an option. */
    private static final Set<String> WITHOUT_KEY = Set.of("AUTH", "BITOP", "BLMPOP", "BZMPOP", "ECHO", "FAILOVER",
            "FLUSHALL", "FLUSHDB", "HELLO", "INFO", "KEYS", "LMPOP", "MIGRATE", "PING", "PSUBSCRIBE", "PSYNC",
            "PUBLISH", "PUNSUBSCRIBE", "REPLCONF", "REPLICAOF", "SCAN", "SELECT", "SHUTDOWN", "SINTERCARD", "SLAVEOF",
            "SPUBLISH", "SSUBSCRIBE", "SUBSCRIBE", "SUNSUBSCRIBE", "SWAPDB", "SYNC", "UNSUBSCRIBE", "WAIT", "WAITAOF",
            "XREAD", "XREADGROUP", "ZDIFF", "ZINTER", "ZINTERCARD", "ZMPOP", "ZUNION");

    /** Parses an entry of the reply to SLOWLOG GET: id, seconds since 1970, µs, words, client's address and name. */
    static SlowCommand parse(Response entry) {
        List<String> words = StreamSupport.stream(entry.get(3).spliterator(), false).map(Response::toString).toList();
        String name = words.isEmpty() ? "" : words.get(0).toUpperCase(Locale.ROOT);
        if (WITH_SUBCOMMAND.contains(name) && words.size() > 1) {
            name += " " + words.get(1).toUpperCase(Locale.ROOT);
        }
        return new SlowCommand(entry.get(0).toLong(), entry.get(1).toLong(), entry.get(2).toLong(), name,
                name.startsWith("EVALSHA") && words.size() > 1 ? words.get(1) : null, key(name, words),
                arguments(words), text(entry, 4), text(entry, 5));
    }

    private static @Nullable String key(String name, List<String> words) {
        int at = 1;
        if (SCRIPTED.contains(name)) {
            at = words.size() > 2 && words.get(2).equals("0") ? words.size() : 3;
        } else if (KEY_AFTER_SUBCOMMAND.contains(name)) {
            at = 2;
        } else if (name.indexOf(' ') > 0 || WITHOUT_KEY.contains(name)) {
            return null;
        }
        if (at >= words.size()) {
            return null;
        }
        String key = words.get(at);
        return key.length() <= MAX_KEY ? key : key.substring(0, MAX_KEY);
    }

    private static int arguments(List<String> words) {
        if (words.isEmpty()) {
            return 0;
        }
        Matcher leftOut = LEFT_OUT.matcher(words.get(words.size() - 1));
        return words.size() == 32 && leftOut.matches()
                ? words.size() - 2 + Integer.parseInt(leftOut.group(1))
                : words.size() - 1;
    }

    private static @Nullable String text(Response entry, int at) {
        String value = entry.size() > at && entry.get(at) != null ? entry.get(at).toString() : "";
        return value.isEmpty() ? null : value;
    }
}
