package dev.millrace.cache;

import io.vertx.core.buffer.Buffer;

import dev.millrace.redis.ReplyCode;

/**
 * What the cache says of a key.
 *
 * @param what whether there is something to serve
 * @param ms of {@link What#LEASED} and {@link What#BUSY}: how long the lease lasts, else the time now
 * @param stored when the entry was stored, ms
 * @param fresh until when it is fresh, ms
 * @param type its content type
 * @param coding of the body
 * @param etag without quotes
 * @param body null where it was not asked for, or the caller has it
 * @param origin of {@link What#LEASED}: the origin's entity tag of the entry that is there still, or empty
 */
record Lookup(What what, long ms, long stored, long fresh, String type, Coding coding, String etag, Buffer body,
        String origin) {

    /** Whether there is something to serve. */
    enum What implements ReplyCode {
        MISSING(0),
        FRESH(1),
        /** It may be served while it is computed anew. */
        STALE(2),
        /** It may be served only because computing it failed. */
        STALE_ON_ERROR(3),
        /** It is missing, and this caller is to compute it. */
        LEASED(4),
        /** It is missing, and another caller computes it. */
        BUSY(5),
        /** It is missing, and its origin has just failed. */
        FAILED(6),
        /** It is missing, and its origin does not let it be stored. */
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

    /** How a body is kept. */
    enum Coding {
        IDENTITY(""),
        GZIP("gzip"),
        /** There is no body: the entry says that there is nothing. */
        NOTHING("nothing"),
        /** Of an entry to store: the body that is stored already. */
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

    boolean isHit() {
        return what == What.FRESH || what == What.STALE || what == What.STALE_ON_ERROR;
    }
}
