package dev.millrace.redis;

import org.jspecify.annotations.Nullable;

/**
 * Redis did not answer this call. The call may or may not have taken effect, except for {@link Reason#DOWN} and
 * {@link Reason#OVERLOADED}, which were never sent. Carries no stack trace: under an outage it is thrown per request.
 */
public final class RedisUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why there is no answer. */
    public enum Reason {
        /** No connection at the time of the call; nothing was sent. */
        DOWN,
        /** The connection broke while the call waited for its answer. */
        LOST,
        /** No answer within {@code millrace.redis.timeout}. */
        TIMEOUT,
        /** More calls in flight than {@code millrace.redis.max-in-flight}; nothing was sent. */
        OVERLOADED,
        /** Redis refused the call, as {@link RedisRefusal} lists: loading, out of memory, read-only replica, no permission. */
        REFUSED
    }

    private final Reason reason;
    private final @Nullable RedisRefusal refusal;
    private final @Nullable String reply;

    public RedisUnavailableException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.refusal = null;
        this.reply = null;
    }

    /** @param reply what Redis said, word by word */
    public RedisUnavailableException(RedisRefusal refusal, String reply) {
        super("Redis refused the call: " + refusal.reason(), null, false, false);
        this.reason = Reason.REFUSED;
        this.refusal = refusal;
        this.reply = reply;
    }

    /** Why Redis {@link Reason#REFUSED refused}; else null. */
    public @Nullable RedisRefusal refusal() {
        return refusal;
    }

    /** What Redis said where it {@link Reason#REFUSED refused}, word by word; else null. */
    public @Nullable String reply() {
        return reply;
    }

    public Reason reason() {
        return reason;
    }

    /** Whether Redis is away, so that fail modes decide; not where the service itself has too much to do. */
    public static boolean isOutage(Throwable e) {
        return e instanceof RedisUnavailableException unavailable && unavailable.reason != Reason.OVERLOADED;
    }
}
