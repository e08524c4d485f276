package dev.millrace.queue.store;

import dev.millrace.queue.model.JobStatus;
import dev.millrace.redis.ReplyCode;

/** What scripts say of a worker's answer about one job. */
enum AnswerCode implements ReplyCode {
    COMPLETED(1, JobStatus.COMPLETED),
    RETRYING(2, JobStatus.RETRYING),
    DEAD(3, JobStatus.DEAD),
    CANCELLED(4, JobStatus.CANCELLED),
    EXTENDED(5, JobStatus.EXTENDED),
    /** The lease is extended, and a client wants the job cancelled. */
    CANCEL_REQUESTED(6, JobStatus.EXTENDED),
    RELEASED(7, JobStatus.RELEASED),
    STALE(0, JobStatus.STALE),
    UNKNOWN(-1, JobStatus.UNKNOWN);

    private final int code;
    private final JobStatus status;

    AnswerCode(int code, JobStatus status) {
        this.code = code;
        this.status = status;
    }

    @Override
    public int code() {
        return code;
    }

    JobStatus status() {
        return status;
    }
}
