package dev.millrace.session;

import org.jspecify.annotations.Nullable;

import dev.millrace.user.StoredRecord;

/** The outcome of a patch; {@code session} only if it is DONE, {@code version} only if it is STALE. */
record PatchResult(PatchCode patched, @Nullable StoredRecord session, long version) {}
