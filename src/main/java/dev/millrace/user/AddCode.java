package dev.millrace.user;

import dev.millrace.redis.ReplyCode;

/** The reply of {@code user/add-4}. */
enum AddCode implements ReplyCode {
    ADDED(1),
    /** The user has reached the limit. */
    LIMIT_REACHED(0);

    private final int code;

    AddCode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
