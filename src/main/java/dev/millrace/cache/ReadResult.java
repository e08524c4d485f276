package dev.millrace.cache;

import org.jspecify.annotations.Nullable;

/** The result of a read. {@code leaseToken} is null unless the lookup is LEASED. */
record ReadResult(Lookup lookup, @Nullable String leaseToken) {}
