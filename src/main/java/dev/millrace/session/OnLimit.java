package dev.millrace.session;

import com.fasterxml.jackson.annotation.JsonValue;

/** What to do when a user has reached the limit of sessions. */
public enum OnLimit {
    /** Refuses the new session. */
    REJECT("reject"),
    /** Ends the session that was opened first. */
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
