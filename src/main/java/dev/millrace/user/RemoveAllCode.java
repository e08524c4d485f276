package dev.millrace.user;

import dev.millrace.redis.ReplyCode;

/** The reply of {@code user/remove-all-4}: the result of one step of ending all records. */
enum RemoveAllCode implements ReplyCode {
    REMOVED(1),
    /** There was no record to end. */
    NONE(0),
    UNKNOWN_EXCEPTION(-1),
    /** Nothing was changed: the events of expired records must be emitted first. */
    EXPIRE_FIRST(-2);

    private final int code;

    RemoveAllCode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
