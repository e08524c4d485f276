package dev.millrace.cache;

import dev.millrace.redis.ReplyCode;

/** The reply of {@code cache/put-4}. */
enum StoreCode implements ReplyCode {
    DONE(1),
    /** The lease is void. */
    VOID(0),
    /** The entry to keep no longer exists; the lease is still valid. */
    NOTHING_TO_KEEP(-1),
    /** The entry has as many variants as it may have; the lease is still valid. */
    FULL(-2),
    /** A precondition is not met; the lease is still valid. */
    UNMET(-3);

    private final int code;

    StoreCode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
