package dev.millrace.cache;

import dev.millrace.redis.ReplyCode;

/** The state of a key in the cache, as {@code cache/get-3} replies: whether there is an entry to serve. */
enum EntryState implements ReplyCode {
    MISSING(0),
    FRESH(1),
    /** May be served while it is refreshed. */
    STALE(2),
    /** May be served only because refreshing it failed. */
    STALE_ON_ERROR(3),
    /** Missing; this caller got the lease. */
    LEASED(4),
    /** Missing; another caller has the lease. */
    BUSY(5),
    /** Missing; its origin has just failed. */
    FAILED(6),
    /** Missing; its origin does not allow storing it. */
    PASS(7);

    private final int code;

    EntryState(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
