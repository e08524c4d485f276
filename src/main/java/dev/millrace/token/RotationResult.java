package dev.millrace.token;

import org.jspecify.annotations.Nullable;

import dev.millrace.user.StoredRecord;

/** The outcome of a rotation; {@code family} only if it is FIRST, AGAIN or RENEWED. */
record RotationResult(RotationCode rotated, @Nullable StoredRecord family) {}
