package dev.millrace.session;

import dev.millrace.redis.ReplyCode;

/** The reply of {@code session/patch-3}. */
enum PatchCode implements ReplyCode {
    DONE(1),
    /** The session is unknown or has ended. */
    INVALID(0),
    /** The session has none of the required versions. */
    STALE(-1),
    TOO_LARGE(-2),
    /** The token was rotated, and the session lives. */
    SUPERSEDED(-3);

    private final int code;

    PatchCode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
