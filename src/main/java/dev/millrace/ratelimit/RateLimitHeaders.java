package dev.millrace.ratelimit;

import java.util.function.BiConsumer;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;

/**
 * The header fields of a decision: {@code RateLimit-Policy} and {@code RateLimit} of
 * draft-ietf-httpapi-ratelimit-headers-10, {@code Retry-After} on a denial and, if configured, {@code X-RateLimit-*}.
 */
@Singleton
class RateLimitHeaders {

    private final boolean legacy;

    RateLimitHeaders(RateLimitConfig config) {
        this.legacy = config.legacyHeaders();
    }

    /** Adds the fields of a decision. A peek has no Retry-After, because it denies nothing. */
    void put(Decision d, BiConsumer<String, String> headers) {
        Policy p = d.check().policy();
        // Policy names contain no character that a structured-field string must escape.
        String name = '"' + p.name() + '"';
        headers.accept("RateLimit-Policy", name + ";q=" + p.limit() + ";w=" + seconds(p.windowMs()));
        // `t` must not be later than Retry-After, which says when a retry makes sense.
        headers.accept("RateLimit", name + ";r=" + d.remaining() + ";t="
                + seconds(d.allowed() ? d.resetMs() : d.retryAfterMs()));
        if (!d.allowed() && d.check().cost() > 0) {
            headers.accept(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, seconds(d.retryAfterMs()))));
        }
        if (legacy) {
            headers.accept("X-RateLimit-Limit", Long.toString(p.limit()));
            headers.accept("X-RateLimit-Remaining", Long.toString(d.remaining()));
            headers.accept("X-RateLimit-Reset", Long.toString(seconds(d.resetMs())));
        }
    }

    private static long seconds(long ms) {
        return (ms + 999) / 1000;
    }
}
