package dev.millrace.user;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** A page of records, newest first; {@code next} is where the next page starts, or null. */
public record RecordPage(List<StoredRecord> records, @Nullable String next) {}
