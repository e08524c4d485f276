package dev.millrace.cache;

import io.vertx.core.buffer.Buffer;

/**
 * What an origin said.
 *
 * @param kind what it comes to
 * @param status its HTTP status, 0 where there was none
 * @param type content type
 * @param gzip whether the body is compressed
 * @param etag its entity tag, with quotes; empty where there is none
 * @param directives its Cache-Control
 * @param ageMs how old the answer was
 * @param body null unless it is OK
 * @param failure of FAILED: why, in words
 */
record OriginAnswer(Kind kind, int status, String type, boolean gzip, String etag, CacheDirectives directives,
        long ageMs,
        Buffer body, String failure) {

    /** What an answer comes to. */
    enum Kind {
        /** 200. */
        OK,
        /** 304: what was asked about is as it was. */
        UNCHANGED,
        /** 404 or 410. */
        NOTHING,
        /** Anything else, or no answer at all. */
        FAILED
    }

    static OriginAnswer failed(int status, String failure) {
        return new OriginAnswer(Kind.FAILED, status, "", false, "", CacheDirectives.parse(null), 0, null, failure);
    }

    /** Whether others may be given it. A {@code no-cache} would have to be asked about each time, which is as much work. */
    boolean mayBeStored() {
        return !directives.has("no-store") && !directives.has("private") && !directives.has("no-cache");
    }
}
