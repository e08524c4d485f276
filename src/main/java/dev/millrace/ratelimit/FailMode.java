package dev.millrace.ratelimit;

import com.fasterxml.jackson.annotation.JsonValue;

/** What is decided while Redis is away. */
public enum FailMode {
    /** Admit. */
    OPEN("open"),
    /** Deny. */
    CLOSED("closed"),
    /** Each replica limits by itself, in memory, at its share of the limit. */
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
