package dev.millrace.kv;

/** What a command does with data. */
enum CommandKind {
    READS,
    WRITES,
    /** Waits for data. */
    BLOCKS,
    /** Neither reads nor writes data: concerns the connection or the server. */
    OTHER,
    /** Runs a script on a server where scripts can change what other scripts use, or where that is unknown. */
    UNSAFE,
    /** Redis does not have the command. */
    UNKNOWN
}
