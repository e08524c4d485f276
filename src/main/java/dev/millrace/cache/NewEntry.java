package dev.millrace.cache;

import java.util.List;

/**
 * An entry to store. Times are in ms.
 *
 * @param type content type
 * @param freshMs how long the entry is fresh
 * @param swrMs how long after its fresh time it may be served while it is refreshed
 * @param sieMs how long after its fresh time it may be served if refreshing it failed
 * @param tags for purges
 * @param leaseToken of the lease that must be valid; empty for none
 * @param origin the origin's entity tag, and on a second line its Last-Modified; empty for neither
 * @param head status and fields of the origin's response, as {@link StoredHead} encodes them; empty for none
 * @param ageMs how old the response was when it arrived
 * @param keepMs how long the entry is kept after its end, to ask the origin whether it has changed
 * @param conditions that the present entry must meet
 * @param listed whether the key is listed
 * @param variant which variant of the key it is, as {@link Variant} names it; empty if the key has none
 */
record NewEntry(PreparedBody body, String type, long freshMs, long swrMs, long sieMs, List<String> tags,
        String leaseToken, String origin, String head, long ageMs, long keepMs, String variant,
        Preconditions conditions, boolean listed) {

    /** An entry without a lifetime, tags and a lease. */
    static NewEntry of(PreparedBody body, String type) {
        return new NewEntry(body, type, 0, 0, 0, List.of(), "", "", "", 0, 0, "", Preconditions.NONE,
                false);
    }

    /** The same with a lifetime. */
    NewEntry withLifetime(long freshMs, long swrMs, long sieMs) {
        return new NewEntry(body, type, freshMs, swrMs, sieMs, tags, leaseToken, origin, head, ageMs,
                keepMs, variant, conditions, listed);
    }

    /** The same with tags. */
    NewEntry withTags(List<String> tags) {
        return new NewEntry(body, type, freshMs, swrMs, sieMs, tags, leaseToken, origin, head, ageMs,
                keepMs, variant, conditions, listed);
    }

    /** The same under a lease; empty for none. */
    NewEntry withLease(String leaseToken) {
        return new NewEntry(body, type, freshMs, swrMs, sieMs, tags, leaseToken, origin, head, ageMs,
                keepMs, variant, conditions, listed);
    }

    /** The same with the head of the origin's response, its age, and how long it is kept after its end. */
    NewEntry withHead(String head, long ageMs, long keepMs) {
        return new NewEntry(body, type, freshMs, swrMs, sieMs, tags, leaseToken, origin, head, ageMs,
                keepMs, variant, conditions, listed);
    }

    /** The same as a variant of its key. */
    NewEntry withVariant(String variant) {
        return new NewEntry(body, type, freshMs, swrMs, sieMs, tags, leaseToken, origin, head, ageMs,
                keepMs, variant, conditions, listed);
    }

    /** The same with the origin's entity tag and Last-Modified. */
    NewEntry withOrigin(String origin) {
        return new NewEntry(body, type, freshMs, swrMs, sieMs, tags, leaseToken, origin, head, ageMs,
                keepMs, variant, conditions, listed);
    }

    /** The same with preconditions. */
    NewEntry withConditions(Preconditions conditions) {
        return new NewEntry(body, type, freshMs, swrMs, sieMs, tags, leaseToken, origin, head, ageMs,
                keepMs, variant, conditions, listed);
    }

    /** The same, listed or not. */
    NewEntry withListed(boolean listed) {
        return new NewEntry(body, type, freshMs, swrMs, sieMs, tags, leaseToken, origin, head, ageMs,
                keepMs, variant, conditions, listed);
    }

    /** The same with another body. */
    NewEntry withBody(PreparedBody body) {
        return new NewEntry(body, type, freshMs, swrMs, sieMs, tags, leaseToken, origin, head, ageMs,
                keepMs, variant, conditions, listed);
    }
}
