package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.millrace.kv.KvCommandTable.Kind;
import dev.millrace.redis.Keys;

/**
 * Which commands callers may run: those that read or write data of their database, and a few more. Not those that block, for the
 * connection is shared; that change the connection; that reach other databases; or that concern the server. What Redis does not say
 * it has is not sent: it has commands that it does not name, such as QUIT.
 */
final class KvRules {

    /** Of the service's own channels; channels, unlike keys, are shared by all databases of a server. */
    static final String OWN_CHANNELS = Keys.PREFIX;

    /** Redis counts them among neither readers nor writers. */
    private static final Set<String> ALLOWED = Set.of("PING", "ECHO", "TIME", "COMMAND", "EVAL", "EVALSHA");

    private static final Set<String> REFUSED = Set.of(
            // They reach other databases, or servers.
            "MOVE", "SWAPDB", "MIGRATE",
            // Functions belong to the server, and reach all of it.
            "FCALL", "FCALL_RO", "FUNCTION",
            // They are Redis' own. What is restored is not checked, and may end the server.
            "RESTORE", "RESTORE-ASKING", "PFDEBUG", "PFSELFTEST",
            // They end the connection; Redis 6 counts the latter two among those that read.
            "QUIT", "POST", "HOST:");

    private final Map<String, Kind> kinds;
    private final boolean readOnly;

    /** @param readOnly whether the caller may only read */
    KvRules(Map<String, Kind> kinds, boolean readOnly) {
        this.kinds = kinds;
        this.readOnly = readOnly;
    }

    /**
     * Whether a command may write.
     *
     * @throws KvException if the caller may not run it
     */
    boolean check(KvCommand command) {
        Kind kind = KvCommandTable.kind(kinds, command);
        String name = command.name();
        if (kind == Kind.BLOCKS || REFUSED.contains(name) || isOfIndexes(name) || isRefusedByItsArguments(command)
                || (readOnly ? kind == Kind.WRITES || kind == Kind.OTHER : isRefused(command, kind))) {
            throw KvException.notPermitted(name.toLowerCase(Locale.ROOT));
        }
        if (kind == Kind.UNSAFE) {
            throw new KvException("ERR scripts need Redis 6.2.7 or newer, and that the service may run them");
        }
        if (kind == Kind.UNKNOWN) {
            throw KvException.unknown(name, command.args());
        }
        return kind != Kind.READS;
    }

    /** Full-text indexes are of database 0, whichever the caller's is. */
    private static boolean isOfIndexes(String name) {
        return name.startsWith("FT.") || name.startsWith("_FT.");
    }

    private static boolean isRefused(KvCommand command, Kind kind) {
        return kind == Kind.OTHER && !ALLOWED.contains(command.name()) && switch (command.name()) {
            case "PUBLISH", "SPUBLISH" -> command.arg(0).startsWith(OWN_CHANNELS);
            case "SCRIPT" -> !Set.of("LOAD", "EXISTS").contains(command.arg(0).toUpperCase(Locale.ROOT));
            case "FLUSHALL" -> false;
            default -> true;
        };
    }

    private static boolean isRefusedByItsArguments(KvCommand command) {
        return switch (command.name()) {
            case "COPY" -> contains(command.args(), 2, "DB");
            case "XREAD", "XREADGROUP" -> blocks(command.args());
            // The others tell of the server, or make it clear its memory.
            case "MEMORY" -> !command.arg(0).equalsIgnoreCase("USAGE");
            default -> false;
        };
    }

    /** Whether one of the options in front of the streams is BLOCK; a group or a consumer may be called so, too. */
    private static boolean blocks(List<byte[]> args) {
        int i = 0;
        while (i < args.size() && !is(args.get(i), "STREAMS")) {
            if (is(args.get(i), "BLOCK")) {
                return true;
            }
            i += is(args.get(i), "GROUP") ? 3 : 1;
        }
        return false;
    }

    private static boolean contains(List<byte[]> args, int from, String word) {
        for (int i = from; i < args.size(); i++) {
            if (is(args.get(i), word)) {
                return true;
            }
        }
        return false;
    }

    /** As Redis compares: up to a zero byte, if there is one. */
    private static boolean is(byte[] arg, String word) {
        String text = new String(arg, StandardCharsets.ISO_8859_1);
        int zero = text.indexOf(0);
        return (zero < 0 ? text : text.substring(0, zero)).equalsIgnoreCase(word);
    }
}
