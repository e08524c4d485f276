package dev.millrace.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The table of the error replies by which Redis refuses a call for a reason that is not in the call. To callers each of them is an outage;
 * the operator can end it. All other error replies are faults of the command.
 */
public enum RedisRefusal {

    NOAUTH("it requires a password", Scope.CONNECTION, "Set REDIS_PASSWORD, or user and password in REDIS_URL.",
            "unauthenticated multibulk length", "unauthenticated bulk length"),
    WRONGPASS("it does not accept the password", Scope.CONNECTION,
            "Correct REDIS_PASSWORD, or user and password in REDIS_URL."),
    NOPERM("the user of the service lacks a permission", Scope.COMMAND,
            "Give the Redis user the permissions that docs/operations.md lists.",
            "The user executing the script can't ", "ACL failure in script"),
    UNKNOWN_COMMAND("it does not have the command", Scope.COMMAND,
            "Use Redis 6.2 or newer, and do not rename or disable commands.",
            "ERR unknown command", "Unknown Redis command called from"),
    DENIED("its protected mode allows no connection from this host", Scope.CONNECTION,
            "Set a password in Redis, or bind it to a private network."),
    CLIENTS("it has as many connections as it allows", Scope.CONNECTION,
            "Raise maxclients of Redis, or find the clients that hold connections.", "ERR max number of clients"),
    LOADING("it is loading its data", Scope.CONNECTION, "Wait until Redis has loaded its data."),
    MASTERDOWN("it is a replica without its primary", Scope.CONNECTION,
            "Connect Millrace to the primary, or use Sentinel."),
    READONLY("it is a read-only replica", Scope.CONNECTION, "Connect Millrace to the primary, or use Sentinel."),
    CLUSTERDOWN("the cluster is down", Scope.SERVER, "Check CLUSTER INFO: slots without a primary, or no quorum.",
            "command while the cluster is down"),
    TRYAGAIN("the cluster is moving the keys", Scope.SERVER, "Wait until the cluster has moved its slots."),
    MOVED("the cluster has moved the keys", Scope.SERVER,
            "If Redis is a cluster, set REDIS_URL=redis-cluster://..."),
    ASK("the cluster is moving the keys", Scope.SERVER, "If Redis is a cluster, set REDIS_URL=redis-cluster://..."),
    OOM("its memory is full", Scope.SERVER, "Raise maxmemory of Redis, or delete data."),
    MISCONF("it cannot save its data to disk", Scope.SERVER, "Check the disk and the log of Redis."),
    NOREPLICAS("too few replicas are connected", Scope.SERVER,
            "Check the replicas of Redis, or lower min-replicas-to-write."),
    BUSY("a script blocks it", Scope.SERVER, "Send SCRIPT KILL to Redis, or restart it if the script has written."),
    UNKILLABLE("a script that has written blocks it", Scope.SERVER, "Wait for the script, or restart Redis."),
    UNBLOCKED("it became a replica", Scope.CONNECTION, "Connect Millrace to the primary, or use Sentinel.");

    /** What a refusal is about, and so who else is refused. */
    private enum Scope {
        /** The command or its keys: other commands may work. */
        COMMAND,
        /** The state of the server: other connections would not help. */
        SERVER,
        /** The connection or the server behind it: a new connection may lead to another server, or log in. */
        CONNECTION
    }

    private static final Map<String, RedisRefusal> BY_WORD = new HashMap<>();
    /** What Redis 6.2 and 7.0 write in front of the reason why they discard a transaction. */
    private static final String DISCARDED = "EXECABORT Transaction discarded because of: ";
    /** Redis 6.2 writes the error of a command in a script as {@code @user_script: 1: -OOM command not allowed}. */
    private static final Pattern IN_SCRIPT = Pattern.compile("@user_script: ?\\d+: -([A-Z]+) ");
    /** The name of a command in NOPERM, which is no data of a caller. */
    private static final Pattern COMMAND = Pattern.compile("'([a-zA-Z.|_-]{1,40})' command");

    static {
        for (RedisRefusal refusal : values()) {
            BY_WORD.put(refusal.name(), refusal);
        }
    }

    private final String reason;
    private final Scope scope;
    private final String advice;
    private final List<String> phrases;

    /** @param phrases by which the reply is recognised where it does not begin with the name of the constant */
    RedisRefusal(String reason, Scope scope, String advice, String... phrases) {
        this.reason = reason;
        this.scope = scope;
        this.advice = advice;
        this.phrases = List.of(phrases);
    }

    /** Returns the refusal that an error reply of Redis is, also of a command in a script or a transaction; null if it is none. */
    public static @Nullable RedisRefusal of(@Nullable String reply) {
        if (reply == null) {
            return null;
        }
        String message = reply.startsWith(DISCARDED) ? reply.substring(DISCARDED.length()) : reply;
        int space = message.indexOf(' ');
        RedisRefusal byWord = BY_WORD.get(space < 0 ? message : message.substring(0, space));
        if (byWord != null) {
            return byWord;
        }
        Matcher inScript = IN_SCRIPT.matcher(message);
        if (inScript.find()) {
            return BY_WORD.get(inScript.group(1));
        }
        for (RedisRefusal refusal : values()) {
            if (refusal.phrases.stream().anyMatch(message::contains)) {
                return refusal;
            }
        }
        return null;
    }

    /** Why Redis refuses the call, in words, for callers. */
    public String reason() {
        return reason;
    }

    /** What the operator should do, as a sentence. */
    public String advice() {
        return advice;
    }

    /** Whether another connection may be accepted, for example by the server that is the primary now. */
    public boolean meansReconnect() {
        return scope == Scope.CONNECTION;
    }

    /** Whether Redis refuses this command only, because of its name or keys. */
    public boolean isOfCommand() {
        return scope == Scope.COMMAND;
    }

    /** What the log says of the reply: the word, and the command if Redis names it. Leaves out data, which the reply may quote. */
    public String logged(String reply) {
        Matcher command = COMMAND.matcher(reply);
        return this == NOPERM && command.find() ? name() + " " + command.group(1) : name();
    }
}
