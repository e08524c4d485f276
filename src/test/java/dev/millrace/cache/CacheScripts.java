package dev.millrace.cache;

import java.util.List;

import dev.millrace.redis.VirtualRedis;

/** The scripts behind the cache, called as the service calls them, under virtual time, in one partition. */
final class CacheScripts {

    static final String VERSIONS = "versions";

    private final VirtualRedis redis;
    private final int mostPurges;

    /** Which remembers the purges of so many regions and tags, less two. */
    CacheScripts(VirtualRedis redis, int mostPurges) {
        this.redis = redis;
        this.mostPurges = mostPurges;
    }

    /** The present moment in ms. */
    long now() {
        return redis.now() / 1000;
    }

    static String entry(String name) {
        return "e:" + name;
    }

    private static List<String> keys(String name) {
        return List.of(entry(name), "l:" + name, VERSIONS);
    }

    /** The token is empty for no lease. */
    List<?> get(String region, String name, String token, long leaseMs, double luck, boolean onError) {
        return (List<?>) redis.raw("cache/get-3", keys(name),
                List.of(region, token, leaseMs, luck, onError ? 1 : 0, "", 1));
    }

    boolean put(String region, String name, String token, List<String> tags, String value, long fresh, long stale,
            long error) {
        return redis.raw("cache/put-3", keys(name), List.of(region, token, String.join("\n", tags), "text/plain", "",
                "tag-" + value, fresh, stale, error, token.isEmpty() ? 0 : -1, "", value)).equals(1L);
    }

    void delete(String name) {
        redis.raw("cache/delete-2", keys(name).subList(0, 2), List.of());
    }

    void purge(String region) {
        redis.raw("cache/purge-1", List.of(VERSIONS), List.of("g:" + region, mostPurges));
    }

    void purge(String region, String tag) {
        redis.raw("cache/purge-1", List.of(VERSIONS), List.of("t:" + region + ':' + tag, mostPurges));
    }
}
