package dev.millrace.session;

/** An operation on sessions that is counted; its name is the label {@code operation}. */
enum SessionOperation {
    CREATE,
    CURRENT,
    PATCH,
    ROTATE,
    LOGOUT,
    REVOKE,
    REVOKE_ALL,
    INTROSPECT
}
