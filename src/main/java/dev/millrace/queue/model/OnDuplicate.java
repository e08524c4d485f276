package dev.millrace.queue.model;

import com.fasterxml.jackson.annotation.JsonValue;

/** What an enqueue does with a job whose unique key another job has. */
public enum OnDuplicate {
    /** Nothing: the job that is there stays as it is. */
    KEEP("keep"),
    /** Replaces the data of the job that is there, which keeps its place. An active job stays as it is. */
    REPLACE("replace"),
    /** As {@link #REPLACE}; and while the job is active, keeps the newest data for a job that is enqueued when it ends. */
    RERUN("rerun");

    private final String id;

    OnDuplicate(String id) {
        this.id = id;
    }

    @JsonValue
    @Override
    public String toString() {
        return id;
    }
}
