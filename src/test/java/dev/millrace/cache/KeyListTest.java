package dev.millrace.cache;

import static dev.millrace.cache.ExampleEntry.REGION;
import static dev.millrace.cache.ExampleEntry.TENANT;
import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.cache.KeyList.ListedKey;
import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.redis.Keys;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;
import dev.millrace.redis.VirtualRedis;

/** Which keys a region lists, in pages of any size, on one partition and on 256; and that its index does not grow without bound. */
class KeyListTest {

    private static final long HOUR = 3_600_000;

    private final VirtualRedis redis = VirtualRedis.fresh();
    private CacheStore store;
    private KeyList keys;

    private void onCluster(boolean cluster) {
        store = new CacheStore(redis.dataSource(), () -> cluster, redis, 10_000);
        keys = new KeyList(store, redis);
    }

    private void put(String key, long fresh, String... tags) {
        PreparedBody body = new PreparedBody(BodyCoding.IDENTITY, "e", key.getBytes(StandardCharsets.UTF_8));
        await(store.put(TENANT, REGION, key, NewEntry.of(body, "text/plain").withLifetime(fresh, 10, 20)
                .withTags(List.of(tags)).withListed(true)));
    }

    private List<String> listed(int limit) {
        List<String> found = new ArrayList<>();
        String cursor = null;
        int pages = 0;
        do {
            Page<ListedKey> page = await(keys.page(TENANT, REGION, limit, cursor));
            page.items().forEach(item -> found.add(item.key()));
            assertTrue(page.items().size() <= limit);
            cursor = page.nextCursor();
            assertTrue(++pages < 2000, "ends");
        } while (cursor != null);
        return found;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyKeyIsListedOnceAsItWasStored(boolean cluster) {
        onCluster(cluster);
        Set<String> stored = new TreeSet<>(List.of("a/b", "ü 💧", "{x}:y", "%41", " ", "0", "a\nb"));
        IntStream.range(0, 60).forEach(i -> stored.add("key" + i));
        stored.forEach(key -> put(key, HOUR));
        for (int limit : new int[]{1, 2, 7, 500}) {
            List<String> found = listed(limit);
            assertEquals(stored.size(), found.size());
            assertEquals(stored, new TreeSet<>(found));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsGoneIsNotListed(boolean cluster) {
        onCluster(cluster);
        for (String key : List.of("kept", "deleted", "purged", "evicted", "expired")) {
            put(key, key.equals("expired") ? 1000 : HOUR, key);
        }
        await(store.delete(TENANT, REGION, "deleted", Preconditions.NONE, ""));
        await(store.purgeTag(TENANT, REGION, "purged"));
        if (!cluster) {
            assertEquals(List.of("expired", "evicted", "kept", "purged"), names(), "a delete leaves the index at once");
        }
        redis.lose(store.entryKey(TENANT, REGION, "evicted"));
        redis.advance(1019_000);
        assertEquals(Set.of("kept", "expired"), Set.copyOf(listed(50)));
        redis.advance(1000);
        assertEquals(List.of("kept"), listed(50));
        if (!cluster) {
            assertEquals(List.of("expired", "kept"), names());
        }
        await(store.purgeRegion(TENANT, REGION));
        assertFalse(redis.content().containsKey(Keys.cacheIndex(TENANT, 0, REGION)));
        assertEquals(List.of(), listed(50));
        put("new", HOUR);
        assertEquals(List.of("new"), listed(50));
    }

    private Object names() {
        return redis.call("ZRANGE", Keys.cacheIndex(TENANT, 0, REGION), 0, -1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKeyHasItsStateAgeSizeAndTags(boolean cluster) {
        onCluster(cluster);
        put("one", 1000, "a", "b");
        redis.advance(500_000);
        ListedKey key = await(keys.page(TENANT, REGION, 1, null)).items().get(0);
        long now = redis.ms();
        assertEquals(
                new ListedKey("one", EntryState.FRESH, now, now - 500, now + 500, "text/plain", BodyCoding.IDENTITY,
                        "e", List.of("a", "b"), 3),
                key);
        redis.advance(500_000);
        assertEquals(EntryState.STALE, await(keys.page(TENANT, REGION, 1, null)).items().get(0).state());
        redis.advance(10_000);
        assertEquals(EntryState.STALE_ON_ERROR, await(keys.page(TENANT, REGION, 1, null)).items().get(0).state());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKeyWithVariantsIsListedOnce(boolean cluster) {
        onCluster(cluster);
        for (String variant : List.of(":long", ":short")) {
            PreparedBody body = new PreparedBody(BodyCoding.IDENTITY, "e" + variant,
                    variant.getBytes(StandardCharsets.UTF_8));
            await(store.put(TENANT, REGION, "one", NewEntry.of(body, "text/plain").withListed(true).withVariant(variant)
                    .withLifetime(variant.equals(":long") ? HOUR : 1000, 0, 0)));
        }
        ListedKey key = await(keys.page(TENANT, REGION, 5, null)).items().get(0);
        assertEquals(List.of("e:long", 11L), List.of(key.etag(), key.bytes()));
        redis.advance(1_000_000);
        assertEquals(5, await(keys.page(TENANT, REGION, 5, null)).items().get(0).bytes());
        assertEquals(List.of("one"), listed(1));
    }

    @Test
    void aPutDropsTenKeysThatHaveEnded() {
        onCluster(false);
        IntStream.range(0, 11).forEach(i -> put("k" + i, 1000));
        redis.advance(1_020_000);
        put("new", HOUR);
        assertEquals(2L, redis.call("ZCARD", Keys.cacheIndex(TENANT, 0, REGION)));
        put("new", HOUR);
        assertEquals(1L, redis.call("ZCARD", Keys.cacheIndex(TENANT, 0, REGION)));
    }

    @Test
    void aKeyThatIsStoredForLessTimeMovesToTheFront() {
        onCluster(false);
        put("a", 2 * HOUR);
        put("b", HOUR);
        assertEquals(List.of("b", "a"), listed(50));
        put("a", 1000);
        assertEquals(List.of("a", "b"), listed(50));
        redis.advance(1_021_000);
        assertFalse(redis.content().containsKey(store.entryKey(TENANT, REGION, "a")), "and it ends earlier");
    }

    @ParameterizedTest
    @ValueSource(ints = {1001, 1500})
    void theIndexOfAPartitionIsBoundedAndDropsWhatEndsFirst(int count) {
        onCluster(true);
        List<String> ofOne = IntStream.iterate(0, i -> i + 1).mapToObj(i -> "k" + i)
                .filter(key -> store.entryKey(TENANT, REGION, key).startsWith("mr:{main:c:7}")).limit(count).toList();
        for (int i = 0; i < ofOne.size(); i++) {
            put(ofOne.get(i), HOUR + i);
        }
        assertEquals(1000L, redis.call("ZCARD", Keys.cacheIndex(TENANT, 7, REGION)));
        assertEquals(ofOne.subList(count - 1000, count), listed(500));
        redis.advance((HOUR + 61_000 + 2000) * 1000);
        put("other", 1000);
        assertFalse(redis.content().containsKey(Keys.cacheIndex(TENANT, 7, REGION)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noScriptReadsManyKeys(boolean purged) {
        onCluster(false);
        IntStream.range(0, 501).forEach(i -> put("k" + i, HOUR + i, "t"));
        if (purged) {
            await(store.purgeTag(TENANT, REGION, "t"));
        }
        List<Integer> read = new ArrayList<>();
        keys = new KeyList(store, new ScriptRunner() {
            @Override
            public Script get(String name) {
                return redis.get(name);
            }

            @Override
            public Uni<Response> run(Script script, List<String> of, List<String> args, byte[] bytes) {
                read.add(of.size());
                return redis.run(script, of, args, bytes);
            }
        });
        assertEquals(purged ? 0 : 500, await(keys.page(TENANT, REGION, 500, null)).items().size());
        // Beside the entries, the index and the record of purges.
        assertEquals(KeyList.BATCH + 2, Collections.max(read));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "MA", "MCAw", "OTk5IDAg", "MSAwIA", "4", "MCB4IA"})
    void aCursorOfNoListIsRefused(String cursor) {
        onCluster(false);
        assertThrows(ApiException.class, () -> keys.page(TENANT, REGION, 5, cursor));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void oneCallReadsABoundedNumberOfKeys(int limit) {
        onCluster(false);
        IntStream.range(0, KeyList.MAX_EXAMINED + 10)
                .forEach(i -> put("k" + i, HOUR + i, i < KeyList.MAX_EXAMINED ? "t" : "u"));
        await(store.purgeTag(TENANT, REGION, "t"));
        Page<ListedKey> first = await(keys.page(TENANT, REGION, limit, null));
        assertEquals(List.of(), first.items());
        assertNotNull(first.nextCursor());
        assertEquals(limit, await(keys.page(TENANT, REGION, limit, first.nextCursor())).items().size());
        assertEquals(10, listed(50).size());
        assertNull(await(keys.page(TENANT, REGION, 50, null)).nextCursor());
    }
}
