package dev.millrace.session;

/** A session with its token, which is returned only once. */
public record OpenedSession(SessionToken token, Session session) {}
