package dev.millrace.session;

import dev.millrace.user.RecordState;

/**
 * What the state of a session has besides that of every record: when the user last authenticated, and after a rotation the digest of the
 * previous token, the salt of its successor, the ms of the rotation and its grace ({@code session/rotate-3.lua}).
 */
final class SessionTail {

    private SessionTail() {}

    /** Returns when the user last authenticated, in ms; 0 means: when the session was opened. */
    static long authTime(RecordState state) {
        String tail = state.tail();
        int end = tail.indexOf(' ');
        return Long.parseLong(end < 0 ? tail : tail.substring(0, end));
    }

    /** Returns the salt from which the present token was derived. The token must have been rotated. */
    static String salt(RecordState state) {
        return state.tail().split(" ")[2];
    }

    /** Returns when the grace of the last rotation ends, in ms. The token must have been rotated. */
    static long graceEnd(RecordState state) {
        String[] fields = state.tail().split(" ");
        return Long.parseLong(fields[3]) + Long.parseLong(fields[4]);
    }
}
