package dev.millrace.ratelimit;

import com.fasterxml.jackson.annotation.JsonValue;

/** How a policy decides while Redis is unavailable. */
public enum FailMode {
    /** Admits. */
    OPEN("open"),
    /** Denies. */
    CLOSED("closed"),
    /** Each replica limits by itself, in memory, with its share of the limit. */
    LOCAL("local");

    private final String id;

    FailMode(String id) {
        this.id = id;
    }

    @JsonValue
    public String id() {
        return id;
    }

    @Override
    public String toString() {
        return id;
    }
}
