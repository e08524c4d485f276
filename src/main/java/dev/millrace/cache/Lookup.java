package dev.millrace.cache;

import org.jspecify.annotations.Nullable;

import io.vertx.core.buffer.Buffer;

/**
 * The state of a key in the cache.
 *
 * @param state whether there is an entry to serve
 * @param ms of {@link EntryState#LEASED} and {@link EntryState#BUSY}: how long the lease lasts, else the time now
 * @param stored when the entry was stored, ms
 * @param fresh until when the entry is fresh, ms
 * @param type its content type
 * @param coding of the body
 * @param etag without quotes
 * @param head status and fields of an origin's response, as {@link StoredHead} encodes them; also of {@link EntryState#LEASED}
 * @param body null if it was not requested, or the caller has it, or it is too long
 * @param tooLong bytes of a body that is longer than requested; else 0
 * @param origin of {@link EntryState#LEASED}: the origin's entity tag of the stale entry, and on a second line its Last-Modified, or
 *            empty; of {@link EntryState#FAILED}: the status of an origin that said when to ask again, or empty
 * @param stale where there is no entry to serve: whether one is there still
 */
record Lookup(EntryState state, long ms, long stored, long fresh, @Nullable String type, @Nullable BodyCoding coding,
        @Nullable String etag, String head, @Nullable Buffer body,
        int tooLong, String origin, boolean stale) {

    Lookup(EntryState state, long ms, long stored, long fresh, @Nullable String type, @Nullable BodyCoding coding,
            @Nullable String etag, String head, @Nullable Buffer body, int tooLong, String origin) {
        this(state, ms, stored, fresh, type, coding, etag, head, body, tooLong, origin, false);
    }

    /** A lookup that found no entry to serve. {@code origin} and {@code head}: see {@link Lookup}. */
    static Lookup none(EntryState state, long ms, String origin, String head) {
        return none(state, ms, origin, head, false);
    }

    /** As above; {@code stale} if an entry is there that must not be served to this caller. */
    static Lookup none(EntryState state, long ms, String origin, String head, boolean stale) {
        return new Lookup(state, ms, 0, 0, null, null, null, head, null, 0, origin, stale);
    }

    boolean isHit() {
        return state == EntryState.FRESH || state == EntryState.STALE || state == EntryState.STALE_ON_ERROR;
    }
}
