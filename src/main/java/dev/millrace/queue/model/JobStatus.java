package dev.millrace.queue.model;

import com.fasterxml.jackson.annotation.JsonValue;

/** The outcome of a worker's report about one job. */
public enum JobStatus {
    COMPLETED("completed", 1),
    RETRYING("retrying", 2),
    DEAD("dead", 3),
    CANCELLED("cancelled", 4),
    EXTENDED("extended", 5),
    /** The lease is not the job's current one; nothing was changed. */
    STALE("stale", 0),
    /** The job does not exist, or is no longer kept. */
    UNKNOWN("unknown", -1);

    /** The scripts' code for: extended, and somebody wants the job cancelled. */
    public static final int CANCEL_REQUESTED = 6;

    private final String id;
    private final int code;

    JobStatus(String id, int code) {
        this.id = id;
        this.code = code;
    }

    public static JobStatus of(int code) {
        for (JobStatus status : values()) {
            if (status.code == code) {
                return status;
            }
        }
        return EXTENDED;
    }

    @JsonValue
    @Override
    public String toString() {
        return id;
    }
}
