package dev.millrace.user;

import dev.millrace.redis.ReplyCode;

/** The reply of {@code user/remove-4}. */
public enum RemoveCode implements ReplyCode {
    REMOVED(1),
    /** There is no such record, or it has ended. */
    NONE(0),
    /** The record is there, but its token was rotated, and the grace of the rotation is over. */
    SUPERSEDED(-1);

    private final int code;

    RemoveCode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
