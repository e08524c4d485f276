package dev.millrace.redis;

/** Redis did what it was asked, but no replica has confirmed it in time. Carries no stack trace: it may be thrown per request. */
public final class NotReplicatedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public NotReplicatedException(long waitMs) {
        super("It is in Redis, but no replica has confirmed it within " + waitMs + " ms", null, false, false);
    }
}
