package dev.millrace.cache;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.vertx.core.buffer.Buffer;

/**
 * The response of an origin.
 *
 * @param kind what it means for the cache
 * @param head its status and the fields that are passed on; status 0 if there was no response
 * @param type content type
 * @param gzip whether the body is compressed
 * @param ageLines the lines of {@code Age}
 * @param times when it was requested and received
 * @param retryAfterMs when to ask again; negative if it does not say
 * @param body null if it was not read
 * @param failure of FAILED: why, in words
 */
record OriginAnswer(Kind kind, StoredHead head, String type, boolean gzip, List<String> ageLines, Times times,
        long retryAfterMs, @Nullable Buffer body, @Nullable String failure) {

    /** When a request was sent and when its response had arrived, ms since 1970. */
    record Times(long requestedAt, long receivedAt) {}

    /** What a response means for the cache. */
    enum Kind {
        /** 200, 203, 204, or a redirect: stored if it may be. */
        OK,
        /** 304: the entry has not changed. */
        UNCHANGED,
        /** 404 or 410: stored as a negative entry. */
        NOTHING,
        /** 401, 403 or 451: the entry must not be served any more. */
        GONE,
        /** 429: the origin must not be asked for a while. */
        LIMITED,
        /** 500, 502, 503 or 504, no response, or one that is not usable or not HTTP: what may be served on error is. */
        FAILED,
        /** Any other status: passed on, and changes nothing. */
        OTHER,
        /** There was no memory for the body. */
        OVERLOADED;

        /** Returns what a status means. */
        static Kind of(int status) {
            return switch (status) {
                case 200, 203, 204, 300, 301, 302, 303, 307, 308 -> OK;
                case 304 -> UNCHANGED;
                case 404, 410 -> NOTHING;
                case 401, 403, 451 -> GONE;
                case 429 -> LIMITED;
                // 206 was not asked for: it is a part only.
                case 0, 206, 500, 502, 503, 504 -> FAILED;
                // Above 599 there are no statuses (RFC 9110, section 15).
                default -> status < 200 || status > 599 ? FAILED : OTHER;
            };
        }
    }

    private static final long NONE = -1;

    static final OriginAnswer OVERLOADED = without(Kind.OVERLOADED, new StoredHead(0, List.of()), NONE, null);

    static OriginAnswer failed(int status, String failure, long retryAfterMs) {
        return without(Kind.FAILED, new StoredHead(status, List.of()), retryAfterMs, failure);
    }

    /** A response whose body is not needed. */
    static OriginAnswer without(Kind kind, StoredHead head, long retryAfterMs, @Nullable String failure) {
        return new OriginAnswer(kind, head, "", false, List.of(), new Times(0, 0), retryAfterMs, null, failure);
    }

    int status() {
        return head.status();
    }

    /** Returns the lines of a field that says how long the response is fresh. */
    List<String> lines(String name) {
        return name.equals("age") ? ageLines : head.lines(name);
    }

}
