package dev.millrace.redis;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.vertx.redis.client.impl.types.ErrorType;

import dev.millrace.redis.RedisUnavailableException.Reason;

/** What an error that ended a call says about Redis. */
public final class RedisReply {

    /** "Not now": the command was refused whole and may succeed later. */
    private static final Set<String> REFUSALS = Set.of("LOADING", "BUSY", "OOM", "CLUSTERDOWN", "MASTERDOWN",
            "TRYAGAIN", "READONLY", "MISCONF", "NOREPLICAS", "MOVED", "ASK");
    /** This server is no longer, or not yet, the one to talk to: ask again where Redis is. */
    private static final Set<String> WRONG_SERVER = Set.of("READONLY", "MASTERDOWN", "LOADING");

    /**
     * What the client says of a connection that it knows to be closed, at each call, which it then does not send. Of some ends
     * it tells nobody else: of a cluster's node to which a MOVED led it, or that left before all others were connected.
     */
    private static final String CLOSED = "Connection is closed";

    /** Redis 6 reports what a command inside a script was refused for in the middle of its own error. */
    private static final Pattern WRAPPED = Pattern
            .compile("-(OOM|READONLY|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN) ");

    private RedisReply() {}

    /** The error reply itself where Redis judged the command, else {@link RedisUnavailableException}. */
    public static Throwable failure(Throwable cause) {
        if (!(cause instanceof ErrorType error)) {
            return CLOSED.equals(cause.getMessage())
                    ? new RedisUnavailableException(Reason.DOWN, "Redis is not connected")
                    : new RedisUnavailableException(Reason.LOST, "The connection to Redis was lost");
        }
        String kind = kind(error);
        if (kind.equals("CONNECTION_CLOSED")) {
            return new RedisUnavailableException(Reason.LOST, "The connection to Redis was lost");
        }
        if (REFUSALS.contains(kind)) {
            return new RedisUnavailableException(Reason.REFUSED, "Redis refused the call: " + kind,
                    error.getMessage());
        }
        return error;
    }

    /** Returns whether this is what Redis replied, word by word, rather than a failure to get its reply. */
    public static boolean isError(@Nullable Throwable cause) {
        return cause instanceof ErrorType;
    }

    public static boolean meansReconnect(Throwable cause) {
        return cause instanceof ErrorType error
                ? WRONG_SERVER.contains(kind(error))
                : CLOSED.equals(cause.getMessage());
    }

    public static boolean isNoScript(Throwable cause) {
        return cause instanceof ErrorType error && kind(error).equals("NOSCRIPT");
    }

    /** The first word of the reply. An error inside a script may be wrapped: {@code ERR Error running script ... OOM}. */
    private static String kind(ErrorType error) {
        String message = error.getMessage() == null ? "" : error.getMessage();
        if (message.contains("OOM command not allowed")) {
            return "OOM";
        }
        Matcher wrapped = WRAPPED.matcher(message);
        if (wrapped.find()) {
            return wrapped.group(1);
        }
        int space = message.indexOf(' ');
        return space < 0 ? message : message.substring(0, space);
    }
}
