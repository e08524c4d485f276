package dev.millrace.kv;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import dev.millrace.redis.Keys;

/**
 * Decides which commands a client may run: commands that read or write data of the database, and a few more. It refuses commands that
 * block, because the connection is shared. It refuses commands that change the connection, reach other databases or concern the server.
 * Commands that Redis does not report are not sent, because Redis has commands that it does not report, such as QUIT.
 */
final class KvRules {

    /** Prefix of the service's own channels. Unlike keys, channels are shared by all databases of a server. */
    static final String OWN_CHANNELS = Keys.PREFIX;

    /** Redis flags them neither as readonly nor as write. */
    private static final Set<String> ALLOWED = Set.of("PING", "ECHO", "TIME", "COMMAND", "EVAL", "EVALSHA");

    private static final Set<String> REFUSED = Set.of(
            // They reach other databases or servers.
            "MOVE", "SWAPDB", "MIGRATE",
            // Internal commands. Redis does not check what it restores, and may crash.
            "RESTORE", "RESTORE-ASKING", "PFDEBUG", "PFSELFTEST",
            // They close the connection. Redis 6 flags the last two as readonly.
            "QUIT", "POST", "HOST:");

    /** Functions belong to the server and reach all databases. */
    private static final Set<String> FUNCTIONS = Set.of("FCALL", "FCALL_RO", "FUNCTION");

    /** Commands whose first argument is a subcommand. */
    private static final Set<String> CONTAINERS = Set.of("ACL", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DEBUG",
            "FUNCTION", "LATENCY", "MEMORY", "MODULE", "OBJECT", "PUBSUB", "SCRIPT", "SLOWLOG", "XGROUP", "XINFO");
    private static final Pattern SUBCOMMAND = Pattern.compile("[A-Za-z-]{1,64}");

    private static final Set<String> READING_SCRIPTS = Set.of("EVAL_RO", "EVALSHA_RO");

    private final Map<String, CommandKind> kinds;
    private final boolean readOnly;
    private final boolean scriptsForReaders;

    /**
     * @param readOnly whether the client may only read
     * @param scriptsForReaders whether a client that may only read may run scripts that only read
     */
    KvRules(Map<String, CommandKind> kinds, boolean readOnly, boolean scriptsForReaders) {
        this.kinds = kinds;
        this.readOnly = readOnly;
        this.scriptsForReaders = scriptsForReaders;
    }

    /**
     * Checks a command.
     *
     * @return whether the command may write
     * @throws KvException if the client may not run the command
     */
    boolean check(KvCommand command) {
        CommandKind kind = KvCommandTable.kind(kinds, command);
        String name = command.name();
        if (kind == CommandKind.BLOCKS || REFUSED.contains(name) || FUNCTIONS.contains(name) || isOfIndexes(name)
                || isRefusedByItsArguments(command)
                || (readOnly ? isRefusedToReaders(name, kind) : isRefused(command, kind))) {
            throw FUNCTIONS.contains(name)
                    ? KvException.noFunctions(withSubcommand(command))
                    : KvException.notPermitted(withSubcommand(command));
        }
        if (kind == CommandKind.UNSAFE) {
            throw new KvException(
                    "ERR scripts need Redis 6.2.7 or newer, and an ACL that allows the service to run them");
        }
        if (kind == CommandKind.UNKNOWN) {
            throw KvException.unknown(name, command.args());
        }
        return kind != CommandKind.READS;
    }

    /** Returns the name as Redis shows it, such as {@code client|kill}. */
    private static String withSubcommand(KvCommand command) {
        String name = command.name().toLowerCase(Locale.ROOT);
        String sub = command.arg(0);
        return CONTAINERS.contains(command.name()) && SUBCOMMAND.matcher(sub).matches()
                ? name + '|' + sub.toLowerCase(Locale.ROOT)
                : name;
    }

    /** A script can keep Redis busy for as long as it likes, although Redis flags it as readonly. */
    private boolean isRefusedToReaders(String name, CommandKind kind) {
        return kind == CommandKind.WRITES || kind == CommandKind.OTHER
                || !scriptsForReaders && READING_SCRIPTS.contains(name);
    }

    /** Full-text indexes always cover database 0. */
    private static boolean isOfIndexes(String name) {
        return name.startsWith("FT.") || name.startsWith("_FT.");
    }

    private static boolean isRefused(KvCommand command, CommandKind kind) {
        return kind == CommandKind.OTHER && !ALLOWED.contains(command.name()) && switch (command.name()) {
            case "PUBLISH", "SPUBLISH" -> command.arg(0).startsWith(OWN_CHANNELS);
            case "SCRIPT" -> !KvScripts.isScript(command, "LOAD") && !KvScripts.isScript(command, "EXISTS")
                    && !KvScripts.isScript(command, "FLUSH");
            case "FLUSHALL" -> false;
            default -> true;
        };
    }

    private static boolean isRefusedByItsArguments(KvCommand command) {
        return switch (command.name()) {
            case "COPY" -> contains(command.args(), 2, "DB");
            case "XREAD", "XREADGROUP" -> blocks(command.args());
            // The other subcommands report about the server, or make it release memory.
            case "MEMORY" -> !command.arg(0).equalsIgnoreCase("USAGE");
            default -> false;
        };
    }

    /** Returns whether an option in front of the streams is BLOCK. A group or a consumer may have that name, too. */
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

    private static boolean is(byte[] arg, String word) {
        return KvCommand.isWord(arg, word);
    }
}
