package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.millrace.kv.KvCommandTable.Kind;

/**
 * Which commands callers may run: those that read or write data of their database, and a few more. Not those that block, for the
 * connection is shared; that change the connection; that reach other databases; or that concern the server.
 */
final class KvRules {

    /** Of the service's own channels; channels, unlike keys, are shared by all databases of a server. */
    static final String OWN_CHANNELS = "mr:";

    /** Redis counts them among neither readers nor writers. */
    private static final Set<String> ALLOWED = Set.of("PING", "ECHO", "TIME", "COMMAND", "EVAL", "EVALSHA");

    private static final Set<String> REFUSED = Set.of(
            // They block.
            "BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP",
            // They reach other databases, or servers.
            "MOVE", "SWAPDB", "MIGRATE",
            // Functions belong to the server, and reach all of it.
            "FCALL", "FCALL_RO", "FUNCTION",
            // They are Redis' own.
            "RESTORE-ASKING", "PFDEBUG", "PFSELFTEST");

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
        if (readOnly ? kind == Kind.WRITES || kind == Kind.OTHER : isRefused(command, kind)) {
            throw KvException.notPermitted(command.name().toLowerCase(Locale.ROOT));
        }
        if (isRefusedByItsArguments(command) || REFUSED.contains(command.name())) {
            throw KvException.notPermitted(command.name().toLowerCase(Locale.ROOT));
        }
        return kind != Kind.READS;
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
            case "XREAD", "XREADGROUP" -> contains(beforeStreams(command.args()), 0, "BLOCK");
            // The others tell of the server, or make it clear its memory.
            case "MEMORY" -> !command.arg(0).equalsIgnoreCase("USAGE");
            default -> false;
        };
    }

    private static List<byte[]> beforeStreams(List<byte[]> args) {
        for (int i = 0; i < args.size(); i++) {
            if (is(args.get(i), "STREAMS")) {
                return args.subList(0, i);
            }
        }
        return args;
    }

    private static boolean contains(List<byte[]> args, int from, String word) {
        for (int i = from; i < args.size(); i++) {
            if (is(args.get(i), word)) {
                return true;
            }
        }
        return false;
    }

    private static boolean is(byte[] arg, String word) {
        return arg.length == word.length() && new String(arg, StandardCharsets.ISO_8859_1).equalsIgnoreCase(word);
    }
}
