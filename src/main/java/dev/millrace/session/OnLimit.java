package dev.millrace.session;

import com.fasterxml.jackson.annotation.JsonValue;

/** What to do when a user has as many sessions as allowed. */
public enum OnLimit {
    /** Refuse the new one. */
    REJECT("reject"),
    /** End the one that was opened first. */
    EVICT_OLDEST("evict-oldest");

    private final String id;

    OnLimit(String id) {
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
