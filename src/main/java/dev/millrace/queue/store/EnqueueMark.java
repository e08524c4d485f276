package dev.millrace.queue.store;

import dev.millrace.redis.ReplyCode;

/** What became of one job of an enqueue: a digit in the reply. */
enum EnqueueMark implements ReplyCode {
    WAITING(0),
    DELAYED(1),
    DUPLICATE(2);

    private final int code;

    EnqueueMark(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
