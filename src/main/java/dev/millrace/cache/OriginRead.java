package dev.millrace.cache;

import org.jspecify.annotations.Nullable;

/**
 * The result of a read: an entry of the cache, or a response of the origin that was not stored.
 *
 * @param asked the status of the origin's response to this caller's read; 0 if it made no request
 * @param stale whether there was an entry that was not fresh any more
 */
record OriginRead(@Nullable ReadResult found, @Nullable OriginAnswer passed, int asked, boolean stale) {

    OriginRead(@Nullable ReadResult found, @Nullable OriginAnswer passed, int asked) {
        this(found, passed, asked, false);
    }

    static OriginRead passed(OriginAnswer answer) {
        return new OriginRead(null, answer, answer.status());
    }

    /** The same, where there was an entry that was not fresh any more. */
    OriginRead ofStale() {
        return new OriginRead(found, passed, asked, true);
    }
}
