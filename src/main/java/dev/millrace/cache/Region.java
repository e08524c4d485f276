package dev.millrace.cache;

/**
 * What holds for the entries of a region that say nothing else; times in ms.
 *
 * @param ttlMs how long an entry is fresh
 * @param swrMs how long after that it may be served while it is computed anew
 * @param sieMs how long after the ttl it may be served when computing it fails
 * @param negativeTtlMs how long it is known that there is nothing
 * @param maxValueBytes largest body
 * @param compressAbove larger bodies are compressed
 * @param jitter by what share at most a ttl is shortened at random, so that entries stored together do not end together
 * @param origin where to read through to, or null
 */
record Region(long ttlMs, long swrMs, long sieMs, long negativeTtlMs, int maxValueBytes, int compressAbove,
        double jitter, Origin origin) {

    /** No region allows more. */
    static final int MAX_VALUE_BYTES = 64 * 1024 * 1024;

    static Region of(CacheConfig config) {
        return new Region(config.ttl().toMillis(), 0, 0, config.negativeTtl().toMillis(), config.maxValueBytes(),
                config.compressAbove(), 0, null);
    }

    /** A ttl, shortened by chance, 0 to 1. */
    long jittered(long ttl, double chance) {
        return Math.max(1, Math.round(ttl * (1 - jitter * chance)));
    }
}
