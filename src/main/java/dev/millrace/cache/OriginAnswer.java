package dev.millrace.cache;

import org.jspecify.annotations.Nullable;

import io.vertx.core.buffer.Buffer;

/**
 * The response of an origin.
 *
 * @param kind what it means for the cache
 * @param status the HTTP status; 0 if there was no response
 * @param type content type
 * @param gzip whether the body is compressed
 * @param etag the entity tag, with quotes; empty for none
 * @param directives the Cache-Control
 * @param ageMs how old the response was
 * @param body null if FAILED or OVERLOADED
 * @param failure of FAILED: why, in words
 */
record OriginAnswer(Kind kind, int status, String type, boolean gzip, String etag, CacheDirectives directives,
        long ageMs,
        @Nullable Buffer body, @Nullable String failure) {

    /** What a response means for the cache. */
    enum Kind {
        /** 200. */
        OK,
        /** 304: the entry has not changed. */
        UNCHANGED,
        /** 404 or 410. */
        NOTHING,
        /** Any other status, or no response. */
        FAILED,
        /** There was no memory for the body. */
        OVERLOADED
    }

    static final OriginAnswer OVERLOADED = new OriginAnswer(Kind.OVERLOADED, 0, "", false, "",
            CacheDirectives.parse(null), 0, null, null);

    static OriginAnswer failed(int status, String failure) {
        return new OriginAnswer(Kind.FAILED, status, "", false, "", CacheDirectives.parse(null), 0, null, failure);
    }

    /** Whether other callers may get it. {@code no-cache} would need a revalidation for each read, which saves no request. */
    boolean mayBeStored() {
        return !directives.has("no-store") && !directives.has("private") && !directives.has("no-cache");
    }
}
