package dev.millrace.settings;

/** How putting a definition went. */
public enum PutResult {
    CREATED,
    REPLACED,
    /** The tenant has as many as it may have. */
    TOO_MANY
}
