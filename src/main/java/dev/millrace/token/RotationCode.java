package dev.millrace.token;

import dev.millrace.redis.ReplyCode;

/** The reply of {@code token/rotate-4}. */
enum RotationCode implements ReplyCode {
    /** This call was the first. */
    FIRST(1),
    /** An earlier call was, and its successor is to be returned again. */
    AGAIN(2),
    INVALID(0),
    /** An earlier call was, and there is no grace, or the clock was set back since. */
    SUPERSEDED(3),
    /** An earlier call was, but nobody used its successor, which this call replaced. */
    RENEWED(4),
    /** The token was rotated before; its family has ended. */
    REUSED(-1);

    private final int code;

    RotationCode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
