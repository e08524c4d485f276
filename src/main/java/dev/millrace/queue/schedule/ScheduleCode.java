package dev.millrace.queue.schedule;

import dev.millrace.redis.ReplyCode;

/** What became of a schedule that was set or removed. */
enum ScheduleCode implements ReplyCode {
    CREATED(1),
    REPLACED(0),
    REMOVED(2),
    /** There is none to remove. */
    UNKNOWN(-1),
    TOO_MANY(-2),
    /** It is not as the caller has read it. */
    CHANGED(-3);

    private final int code;

    ScheduleCode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
