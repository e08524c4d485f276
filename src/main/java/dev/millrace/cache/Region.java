package dev.millrace.cache;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The settings of a region, for entries that have none of their own; times in ms.
 *
 * @param ttlMs how long an entry is fresh
 * @param swrMs how long after that it may be served while it is computed again
 * @param sieMs how long after the ttl it may be served when computing it fails
 * @param negativeTtlMs how long a negative entry is fresh
 * @param maxValueBytes largest body
 * @param compressAbove larger bodies are compressed
 * @param jitter largest share by which a ttl is shortened at random, so that entries stored together do not expire together
 * @param origin where to fetch missing entries, or null
 * @param stripSetCookie whether responses of the origin with {@code Set-Cookie} are stored, without that field
 * @param listKeys whether the keys of new entries can be listed
 * @param vary names of the header fields of requests by which the origin's responses may vary
 */
record Region(long ttlMs, long swrMs, long sieMs, long negativeTtlMs, int maxValueBytes, int compressAbove,
        double jitter, @Nullable Origin origin, boolean stripSetCookie,
        List<String> vary, boolean listKeys) {

    /** Upper bound of {@link #maxValueBytes}. */
    static final int MAX_VALUE_BYTES = 64 * 1024 * 1024;

    static Region of(CacheConfig config) {
        return new Region(config.ttl().toMillis(), 0, 0, config.negativeTtl().toMillis(), config.maxValueBytes(),
                config.compressAbove(), 0, null, false, List.of(), false);
    }

    /** Returns the same region with other lifetimes of its entries, in ms. */
    Region withLifetimes(long ttl, long swr, long sie, long negativeTtl) {
        return new Region(ttl, swr, sie, negativeTtl, maxValueBytes, compressAbove, jitter, origin, stripSetCookie,
                vary, listKeys);
    }

    /** Returns the same region with other bounds of bodies, in bytes. */
    Region withBodies(int max, int compressedAbove) {
        return new Region(ttlMs, swrMs, sieMs, negativeTtlMs, max, compressedAbove, jitter, origin, stripSetCookie,
                vary, listKeys);
    }

    /** Returns the same region with another jitter. */
    Region withJitter(double share) {
        return new Region(ttlMs, swrMs, sieMs, negativeTtlMs, maxValueBytes, compressAbove, share, origin,
                stripSetCookie, vary, listKeys);
    }

    /** Returns the same region with another origin; null for none. */
    Region withOrigin(@Nullable Origin other) {
        return new Region(ttlMs, swrMs, sieMs, negativeTtlMs, maxValueBytes, compressAbove, jitter, other,
                stripSetCookie, vary, listKeys);
    }

    /** Returns the same region with or without storing responses that set cookies. */
    Region withStripSetCookie(boolean strip) {
        return new Region(ttlMs, swrMs, sieMs, negativeTtlMs, maxValueBytes, compressAbove, jitter, origin, strip,
                vary, listKeys);
    }

    /** Returns the same region with other names of header fields by which responses may vary. */
    Region withVary(List<String> names) {
        return new Region(ttlMs, swrMs, sieMs, negativeTtlMs, maxValueBytes, compressAbove, jitter, origin,
                stripSetCookie, names, listKeys);
    }

    /** Returns the same region with or without a list of its keys. */
    Region withListKeys(boolean list) {
        return new Region(ttlMs, swrMs, sieMs, negativeTtlMs, maxValueBytes, compressAbove, jitter, origin,
                stripSetCookie, vary, list);
    }

    /** Returns a ttl shortened by {@code chance}, 0 to 1, of the jitter. */
    long jittered(long ttl, double chance) {
        return Math.max(1, Math.round(ttl * (1 - jitter * chance)));
    }
}
