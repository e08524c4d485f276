package dev.millrace.session;

import org.jspecify.annotations.Nullable;

import dev.millrace.user.StoredRecord;

/** The outcome of a rotation; {@code session} only if it is FIRST or AGAIN. */
record RotateResult(RotateCode code, @Nullable StoredRecord session) {}
