package dev.millrace.cache;

/**
 * How to read an entry.
 *
 * @param leaseMs how long the caller may compute a missing entry; 0 for no lease
 * @param waitMs how long to wait for another caller that computes the entry; 0 for not at all
 * @param onError whether an entry may be served that is kept for errors only
 * @param etags the tags that the caller has: empty for none, or each between blanks, or {@code *}
 * @param body whether to read the body
 */
record ReadOptions(long leaseMs, long waitMs, boolean onError, String etags, boolean body) {

    /** Reads the body of an entry that may be served, without a lease. */
    static final ReadOptions PLAIN = new ReadOptions(0, 0, false, "", true);

    /** The same with another lease and another wait. */
    ReadOptions withLease(long leaseMs, long waitMs) {
        return new ReadOptions(leaseMs, waitMs, onError, etags, body);
    }

    /** The same with or without entries that are kept for errors only. */
    ReadOptions withOnError(boolean onError) {
        return new ReadOptions(leaseMs, waitMs, onError, etags, body);
    }

    /** The same for a caller that has entries with these tags. */
    ReadOptions withEtags(String etags) {
        return new ReadOptions(leaseMs, waitMs, onError, etags, body);
    }

    /** The same with or without the body. */
    ReadOptions withBody(boolean body) {
        return new ReadOptions(leaseMs, waitMs, onError, etags, body);
    }
}
