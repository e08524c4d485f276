package dev.millrace.settings;

import dev.millrace.redis.ReplyCode;

/** How putting a definition went. */
public enum PutResult implements ReplyCode {
    CREATED(1),
    REPLACED(0),
    /** The tenant has as many as it may have. */
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
