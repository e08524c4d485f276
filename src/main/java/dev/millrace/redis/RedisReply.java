package dev.millrace.redis;

import org.jspecify.annotations.Nullable;

import io.vertx.redis.client.impl.types.ErrorType;

import dev.millrace.redis.RedisUnavailableException.Reason;

/** What an error that ended a call says about Redis. */
public final class RedisReply {

    /**
     * What the client says of a connection that it knows to be closed, at each call, which it then does not send. Of some ends
     * it tells nobody else: of a cluster's node to which a MOVED led it, or that left before all others were connected.
     */
    private static final String CLOSED = "Connection is closed";
    /** The client's own error for calls whose connection was closed. */
    private static final String CONNECTION_CLOSED = "CONNECTION_CLOSED";

    private RedisReply() {}

    /** The error reply itself if the command is at fault, else {@link RedisUnavailableException}. */
    public static Throwable failure(Throwable cause) {
        if (!(cause instanceof ErrorType error)) {
            return CLOSED.equals(cause.getMessage())
                    ? new RedisUnavailableException(Reason.DOWN, "Redis is not connected")
                    : new RedisUnavailableException(Reason.LOST, "The connection to Redis was lost");
        }
        String reply = String.valueOf(error.getMessage());
        if (reply.startsWith(CONNECTION_CLOSED)) {
            return new RedisUnavailableException(Reason.LOST, "The connection to Redis was lost");
        }
        RedisRefusal refusal = RedisRefusal.of(reply);
        return refusal == null ? error : new RedisUnavailableException(refusal, reply);
    }

    /** Returns whether this is what Redis replied to a command that is at fault, word by word. */
    public static boolean isError(@Nullable Throwable cause) {
        return cause instanceof ErrorType;
    }

    /** Returns whether a new connection may be accepted where this one was not. */
    public static boolean meansReconnect(Throwable cause) {
        RedisRefusal refusal = refusal(cause);
        return refusal == null ? CLOSED.equals(cause.getMessage()) : refusal.meansReconnect();
    }

    /** Returns the refusal that an error reply, or what {@link #failure} made of it, is; null if it is none. */
    public static @Nullable RedisRefusal refusal(@Nullable Throwable cause) {
        return cause instanceof RedisUnavailableException unavailable
                ? unavailable.refusal()
                : cause instanceof ErrorType ? RedisRefusal.of(cause.getMessage()) : null;
    }

    public static boolean isNoScript(Throwable cause) {
        return cause instanceof ErrorType error && String.valueOf(error.getMessage()).startsWith("NOSCRIPT");
    }
}
