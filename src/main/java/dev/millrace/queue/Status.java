package dev.millrace.queue;

import com.fasterxml.jackson.annotation.JsonValue;

/** What became of a worker's answer about one job. */
public enum Status {
    COMPLETED("completed", 1),
    RETRYING("retrying", 2),
    DEAD("dead", 3),
    CANCELLED("cancelled", 4),
    EXTENDED("extended", 5),
    /** The lease is not the job's present one; nothing was changed. */
    STALE("stale", 0),
    /** There is no such job, or it is no longer kept. */
    UNKNOWN("unknown", -1);

    /** The scripts' code for: extended, and somebody wants the job cancelled. */
    static final int CANCEL_REQUESTED = 6;

    private final String id;
    private final int code;

    Status(String id, int code) {
        this.id = id;
        this.code = code;
    }

    static Status of(int code) {
        for (Status status : values()) {
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
