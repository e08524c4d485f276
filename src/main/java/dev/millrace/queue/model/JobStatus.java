package dev.millrace.queue.model;

import com.fasterxml.jackson.annotation.JsonValue;

/** The outcome of a worker's report about one job. */
public enum JobStatus {
    COMPLETED("completed"),
    RETRYING("retrying"),
    DEAD("dead"),
    CANCELLED("cancelled"),
    EXTENDED("extended"),
    /** The job is given back: its next delivery is the same attempt. */
    RELEASED("released"),
    /** The lease is not the job's current one; nothing was changed. */
    STALE("stale"),
    /** The job does not exist, or is no longer kept. */
    UNKNOWN("unknown");

    private final String id;

    JobStatus(String id) {
        this.id = id;
    }

    @JsonValue
    @Override
    public String toString() {
        return id;
    }
}
