package dev.millrace.session;

/** The result of an operation on sessions; its name is the label {@code outcome}. */
enum OperationOutcome {
    OK,
    /** The session is unknown or has ended. */
    INVALID,
    /** The token was rotated, and the session lives. */
    ROTATED,
    /** Refused: too many sessions, another version, or too much data. */
    REFUSED
}
