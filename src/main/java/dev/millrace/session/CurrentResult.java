package dev.millrace.session;

import org.jspecify.annotations.Nullable;

import dev.millrace.user.StoredRecord;

/** The outcome of reading a session; {@code session} only if it is FOUND. */
record CurrentResult(CurrentCode code, @Nullable StoredRecord session) {}
