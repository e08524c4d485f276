package dev.millrace.cache;

import dev.millrace.redis.ReplyCode;

/** The reply of {@code cache/delete-4}. */
enum DeleteCode implements ReplyCode {
    DELETED(1),
    /** A precondition is not met. */
    UNMET(-2);

    private final int code;

    DeleteCode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
