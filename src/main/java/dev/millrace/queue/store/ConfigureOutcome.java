package dev.millrace.queue.store;

import dev.millrace.redis.ReplyCode;

/** What became of settings that were to be noted in their queue. */
enum ConfigureOutcome implements ReplyCode {
    /** They are noted. */
    NOTED(1),
    /** The queue has others than the caller has seen; nothing has changed. */
    OTHER(0),
    /** They are noted, and their limits are still to be applied to groups. */
    UNFINISHED(2),
    /** Nothing has changed, because earlier limits are still to be applied to groups. */
    BUSY(3);

    private final int code;

    ConfigureOutcome(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
