package dev.millrace.token;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a family does when a token is presented again after the grace period, and nobody has presented its successor yet. */
public enum LostAnswer {
    /** Takes the answer as lost: the token gets another successor, and the unused one is no longer valid. */
    ALLOW("allow"),
    /** Takes the token as stolen, and revokes the family. */
    DENY("deny");

    private final String id;

    LostAnswer(String id) {
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
