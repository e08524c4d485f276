package dev.millrace.user;

/** The result of ending all records but one. */
public enum RemoveAllResult {
    DONE,
    /** The record to keep does not exist; nothing was changed. */
    UNKNOWN_EXCEPTION
}
