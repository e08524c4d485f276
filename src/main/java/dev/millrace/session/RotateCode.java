package dev.millrace.session;

import dev.millrace.redis.ReplyCode;

/** The reply of {@code session/rotate-3}. */
enum RotateCode implements ReplyCode {
    /** This call rotated the token. */
    FIRST(1),
    /** An earlier call did, and its new token is to be returned again. */
    AGAIN(2),
    /** The session is unknown or has ended. */
    INVALID(0),
    /** The token was rotated, and its grace is over. */
    SUPERSEDED(-1);

    private final int code;

    RotateCode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
