package dev.millrace.redis.link;

import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

/** Knows which commands may share a connection with those of other callers. */
final class SharedCommands {

    /** Redis answers these late, and everything behind them after that. */
    private static final Set<String> BLOCKING = Set.of("blmove", "blmpop", "blpop", "brpop", "brpoplpush", "bzmpop",
            "bzpopmax", "bzpopmin", "wait", "waitaof");
    /** These block only with the option BLOCK. */
    private static final Set<String> MAYBE_BLOCKING = Set.of("xread", "xreadgroup");
    /** These change what the connection is, or what comes over it. */
    private static final Set<String> STATEFUL = Set.of("asking", "auth", "client", "discard", "exec", "hello",
            "monitor",
            "multi", "psubscribe", "psync", "punsubscribe", "quit", "readonly", "readwrite", "replconf", "reset",
            "select",
            "ssubscribe", "subscribe", "sunsubscribe", "sync", "unsubscribe", "unwatch", "watch");

    private SharedCommands() {}

    /** Why a command may not share a connection, or null if it may. */
    static @Nullable String refusal(Request request) {
        Command command = request.command();
        if (command == Command.EVALSHA) {
            return null;
        }
        String name = command.toString().toLowerCase(Locale.ROOT);
        if (isBlocking(name, request)) {
            return name.toUpperCase(Locale.ROOT) + " may block the connection that all callers share."
                    + " Send it inside withConnection()";
        }
        return STATEFUL.contains(name)
                ? name.toUpperCase(Locale.ROOT) + " changes the connection that all callers share."
                        + " Use withConnection(), withTransaction() or pubsub()"
                : null;
    }

    /** Whether Redis may take as long as it likes, or as the caller says. */
    static boolean isBlocking(Request request) {
        return isBlocking(request.command().toString().toLowerCase(Locale.ROOT), request);
    }

    private static boolean isBlocking(String name, Request request) {
        return BLOCKING.contains(name) || MAYBE_BLOCKING.contains(name) && hasBlock(request);
    }

    /** The Vert.x client shows the arguments of a request only as the bytes it sends. */
    private static boolean hasBlock(Request request) {
        String sent = request.toString().toUpperCase(Locale.ROOT);
        int block = sent.indexOf("\r\n$5\r\nBLOCK\r\n");
        int streams = sent.indexOf("\r\nSTREAMS\r\n");
        return block >= 0 && (streams < 0 || block < streams);
    }
}
