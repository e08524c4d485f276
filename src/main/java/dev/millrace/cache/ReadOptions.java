package dev.millrace.cache;

import org.jspecify.annotations.Nullable;

import dev.millrace.memory.FairBudget;

/**
 * How to read an entry.
 *
 * @param leaseMs how long the caller may compute a missing entry; 0 for no lease
 * @param waitMs how long to wait for another caller that computes the entry; 0 for not at all
 * @param onError whether an entry may be served that is kept for errors only
 * @param etags the tags that the caller has: empty for none, or each between blanks, or {@code *}
 * @param maxBody of a body with more bytes only the length is read; 0 to leave out every body
 * @param variant which variant of the key, as {@link Variant} names it; empty if the key has none
 * @param share from which a large body takes memory before it is read; null for no bound
 */
record ReadOptions(long leaseMs, long waitMs, boolean onError, String etags, int maxBody,
        String variant, FairBudget.@Nullable Share share) {

    /** Returns the id of the API key that reads; empty if that does not matter. */
    String owner() {
        return share == null ? "" : share.owner();
    }

    /** Reads the body of an entry that may be served, without a lease. */
    static final ReadOptions PLAIN = new ReadOptions(0, 0, false, "", Integer.MAX_VALUE, "", null);

    /** The same with another lease and another wait. */
    ReadOptions withLease(long leaseMs, long waitMs) {
        return new ReadOptions(leaseMs, waitMs, onError, etags, maxBody, variant, share);
    }

    /** The same with or without entries that are kept for errors only. */
    ReadOptions withOnError(boolean onError) {
        return new ReadOptions(leaseMs, waitMs, onError, etags, maxBody, variant, share);
    }

    /** The same for a caller that has entries with these tags. */
    ReadOptions withEtags(String etags) {
        return new ReadOptions(leaseMs, waitMs, onError, etags, maxBody, variant, share);
    }

    /** The same with or without the body. */
    ReadOptions withBody(boolean body) {
        return withMaxBody(body ? Integer.MAX_VALUE : 0);
    }

    /** The same with bodies of at most so many bytes. */
    ReadOptions withMaxBody(int maxBody) {
        return new ReadOptions(leaseMs, waitMs, onError, etags, maxBody, variant, share);
    }

    /** The same with memory for large bodies. */
    ReadOptions withShare(FairBudget.Share share) {
        return new ReadOptions(leaseMs, waitMs, onError, etags, maxBody, variant, share);
    }

    /** The same for a variant of the key. */
    ReadOptions withVariant(String variant) {
        return new ReadOptions(leaseMs, waitMs, onError, etags, maxBody, variant, share);
    }
}
