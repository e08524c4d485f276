package dev.millrace.cache;

import static dev.millrace.redis.VirtualRedis.await;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.millrace.redis.Keys;
import dev.millrace.redis.VirtualRedis;

/** One entry of a cache on the virtual Redis, with the calls that examples make. It is fresh for 1 s, stale for 0.5 s, for errors 2 s. */
final class ExampleEntry {

    static final String TENANT = "main";
    static final String REGION = "r";
    static final String KEY = "k";
    static final String ENTRY = Keys.cacheEntry(TENANT, 1, REGION, KEY).get(0);
    static final String VERSIONS = Keys.cacheVersions(TENANT, 0);

    final VirtualRedis redis = VirtualRedis.fresh();
    final CacheStore store = new CacheStore(redis.dataSource(), () -> false, redis, 10_000);

    void pass(long ms) {
        redis.advance(ms * 1000);
    }

    Lookup get() {
        return get("", 0, false);
    }

    Lookup get(String token, long leaseMs, boolean onError) {
        ReadOptions options = ReadOptions.PLAIN.withLease(leaseMs, 0).withOnError(onError);
        return await(store.get(TENANT, REGION, KEY, new LookupParameters(options, token, 1)));
    }

    EntryState lease(String token) {
        return get(token, 5000, false).state();
    }

    StoreCode put(String token, BodyCoding coding, String body, String... tags) {
        NewEntry entry = NewEntry
                .of(new PreparedBody(coding, "e-" + body, body.getBytes(StandardCharsets.UTF_8)), "text/plain")
                .withLifetime(1000, 500, 2000).withTags(List.of(tags)).withLease(token).withOrigin("origin-" + body);
        return await(store.put(TENANT, REGION, KEY, entry));
    }

    StoreCode put(String token, String body, String... tags) {
        return put(token, BodyCoding.IDENTITY, body, tags);
    }

    void release(String token, Release why) {
        await(store.release(TENANT, REGION, KEY, "", token, why));
    }

    boolean isKept(String key) {
        return redis.content().containsKey(key);
    }
}
