package dev.millrace.settings;

import dev.millrace.redis.ReplyCode;

/** The result of storing a definition. */
public enum PutResult implements ReplyCode {
    CREATED(1),
    REPLACED(0),
    /** The tenant has reached its limit. */
    TOO_MANY(-1);

    private final int code;

    PutResult(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
