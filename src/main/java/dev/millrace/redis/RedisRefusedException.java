package dev.millrace.redis;

/** Redis answered that it does not let this service run a command, or does not know it. Carries no stack trace. */
public final class RedisRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RedisRefusedException(String reply) {
        super("Redis refused the call: " + reply, null, false, false);
    }
}
