package dev.millrace.token;

import dev.millrace.user.StoredRecord;

/** A token, which Millrace does not store, and its family. */
public record IssuedToken(String token, StoredRecord family) {}
