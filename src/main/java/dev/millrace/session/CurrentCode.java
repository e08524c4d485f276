package dev.millrace.session;

import dev.millrace.redis.ReplyCode;

/** The reply of {@code session/current-3}. */
enum CurrentCode implements ReplyCode {
    FOUND(1),
    /** The session is unknown or has ended. */
    INVALID(0),
    /** The token was rotated, and the session lives. */
    SUPERSEDED(-1);

    private final int code;

    CurrentCode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
