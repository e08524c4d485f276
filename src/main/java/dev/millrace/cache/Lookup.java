package dev.millrace.cache;

import org.jspecify.annotations.Nullable;

import io.vertx.core.buffer.Buffer;

import dev.millrace.redis.ReplyCode;

/**
 * The state of a key in the cache.
 *
 * @param what whether there is an entry to serve
 * @param ms of {@link What#LEASED} and {@link What#BUSY}: how long the lease lasts, else the time now
 * @param stored when the entry was stored, ms
 * @param fresh until when the entry is fresh, ms
 * @param type its content type
 * @param coding of the body
 * @param etag without quotes
 * @param body null if it was not requested, or the caller has it
 * @param origin of {@link What#LEASED}: the origin's entity tag of the stale entry, or empty
 */
record Lookup(What what, long ms, long stored, long fresh, @Nullable String type, @Nullable Coding coding,
        @Nullable String etag, @Nullable Buffer body,
        String origin) {

    /** Whether there is something to serve. */
    enum What implements ReplyCode {
        MISSING(0),
        FRESH(1),
        /** May be served while it is computed again. */
        STALE(2),
        /** May be served only because computing it failed. */
        STALE_ON_ERROR(3),
        /** Missing; this caller got the lease. */
        LEASED(4),
        /** Missing; another caller has the lease. */
        BUSY(5),
        /** Missing; its origin has just failed. */
        FAILED(6),
        /** Missing; its origin does not allow storing it. */
        PASS(7);

        private final int code;

        What(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** How a body is stored. */
    enum Coding {
        IDENTITY(""),
        GZIP("gzip"),
        /** No body: a negative entry. */
        NOTHING("nothing"),
        /** For an entry to store: keeps the body that is stored already. */
        KEEP("keep");

        private final String id;

        Coding(String id) {
            this.id = id;
        }

        String id() {
            return id;
        }

        static Coding of(String id) {
            for (Coding coding : values()) {
                if (coding.id.equals(id)) {
                    return coding;
                }
            }
            throw new IllegalArgumentException(id);
        }
    }

    /** A lookup that found no entry to serve. {@code origin}: see {@link Lookup#origin}. */
    static Lookup none(What what, long ms, String origin) {
        return new Lookup(what, ms, 0, 0, null, null, null, null, origin);
    }

    boolean isHit() {
        return what == What.FRESH || what == What.STALE || what == What.STALE_ON_ERROR;
    }
}
