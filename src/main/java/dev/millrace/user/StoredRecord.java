package dev.millrace.user;

/** A stored record; {@code device} is empty if there is none. */
public record StoredRecord(String id, String user, RecordState state, String data, String device) {}
