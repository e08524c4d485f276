package dev.millrace.cache;

/**
 * Why a lease is given up without an entry.
 *
 * @param pass whether the response must not be stored; else the origin failed
 * @param status of an origin that said when to ask again; else 0
 * @param ms how long other callers see the reason; 0 for not at all
 * @param drop whether the entry that is there still must not be served any more
 */
record Release(boolean pass, int status, long ms, boolean drop) {

    /** In place of a lease, where the reason so far is that the entry must not be stored. */
    static final String PASSING = "pass";

    /** The caller gives up, and others may compute the entry at once. */
    static final Release SILENT = new Release(false, 0, 0, false);

    /** The origin failed, or asked for a pause with its status. */
    static Release failed(int status, long ms) {
        return new Release(false, status, ms, false);
    }

    /** The response must not be stored: other callers ask the origin themselves. */
    static Release pass(long ms, boolean drop) {
        return new Release(true, 0, ms, drop);
    }
}
