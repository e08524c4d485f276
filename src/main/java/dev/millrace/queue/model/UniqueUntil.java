package dev.millrace.queue.model;

import com.fasterxml.jackson.annotation.JsonValue;

/** How long a job has its unique key. */
public enum UniqueUntil {
    /** Until it is completed, dead or removed. */
    FINISHED("finished"),
    /** Until a worker gets it for the first time. */
    STARTED("started");

    private final String id;

    UniqueUntil(String id) {
        this.id = id;
    }

    @JsonValue
    @Override
    public String toString() {
        return id;
    }
}
