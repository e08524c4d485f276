package dev.millrace.queue.store;

import java.util.Locale;

import dev.millrace.redis.ReplyCode;

/** What became of a job that was to be retried. */
public enum RetryOutcome implements ReplyCode {
    /** The job is ready. */
    OK(1),
    /** The job stays dead: another job has its unique key. */
    TAKEN(2),
    /** There is no such job. */
    GONE(0),
    /** The job is waiting already. */
    WAITING(3),
    /** A worker has the job. */
    ACTIVE(4),
    COMPLETED(5);

    private final int code;

    RetryOutcome(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /** The word for it in messages. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
