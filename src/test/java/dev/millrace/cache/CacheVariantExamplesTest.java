package dev.millrace.cache;

import static dev.millrace.cache.ExampleEntry.ENTRY;
import static dev.millrace.cache.ExampleEntry.KEY;
import static dev.millrace.cache.ExampleEntry.REGION;
import static dev.millrace.cache.ExampleEntry.TENANT;
import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;

import org.junit.jupiter.api.Test;

/** Variants of an entry: what is stored, found, purged and prolonged of one, and how many there may be. */
class CacheVariantExamplesTest {

    private final ExampleEntry entry = new ExampleEntry();

    private StoreCode putVariant(int n, long freshMs) {
        leaseVariant(n, "t" + n);
        return await(entry.store.put(TENANT, REGION, KEY,
                NewEntry.of(new PreparedBody(BodyCoding.IDENTITY, "e" + n, new byte[]{(byte) n}), "text/plain")
                        .withLifetime(freshMs, 0, 0).withLease("t" + n).withVariant(":" + n)));
    }

    private Lookup leaseVariant(int n, String token) {
        return await(entry.store.get(TENANT, REGION, KEY,
                new LookupParameters(ReadOptions.PLAIN.withLease(5000, 0).withVariant(":" + n), token, 1)));
    }

    private void releaseVariant(int n) {
        await(entry.store.release(TENANT, REGION, KEY, ":" + n, "t" + n, Release.failed(0, 0)));
    }

    private Lookup variant(int n) {
        return await(entry.store.get(TENANT, REGION, KEY,
                new LookupParameters(ReadOptions.PLAIN.withVariant(":" + n), "", 1)));
    }

    @Test
    void variantsAreApartAndEndTogetherWhenTheKeyIsDeleted() {
        putVariant(1, 5000);
        putVariant(2, 1000);
        assertEquals(List.of("e1", "e2"), List.of(variant(1).etag(), variant(2).etag()));
        assertEquals(EntryState.MISSING, variant(3).state());
        assertEquals(EntryState.MISSING, entry.get().state());
        entry.pass(1000);
        assertEquals(List.of(EntryState.FRESH, EntryState.MISSING), List.of(variant(1).state(), variant(2).state()));
        entry.pass(1000);
        putVariant(2, 1000);
        entry.pass(2999);
        assertEquals(EntryState.FRESH, variant(1).state(), "a variant that ends sooner does not end it");
        await(entry.store.delete(TENANT, REGION, KEY, Preconditions.NONE, ""));
        assertEquals(EntryState.MISSING, variant(1).state());
        assertFalse(entry.isKept(ENTRY));
    }

    @Test
    void aPurgedTagHidesOnlyTheVariantsThatHaveIt() {
        for (int n = 1; n <= 2; n++) {
            await(entry.store.put(TENANT, REGION, KEY,
                    NewEntry.of(new PreparedBody(BodyCoding.IDENTITY, "e" + n, new byte[1]), "text/plain")
                            .withLifetime(1000, 0, 0).withTags(List.of("tag" + n)).withVariant(":" + n)));
        }
        await(entry.store.purgeTag(TENANT, REGION, "tag1"));
        assertEquals(List.of(EntryState.MISSING, EntryState.FRESH), List.of(variant(1).state(), variant(2).state()));
        await(entry.store.purgeRegion(TENANT, REGION));
        assertEquals(EntryState.MISSING, variant(2).state());
        assertFalse(entry.isKept(ENTRY), "what is hidden is removed when it is read");
    }

    @Test
    void variantsAreBoundedAndMakePlaceWhenTheyEnd() {
        for (int n = 1; n <= CacheStore.MAX_VARIANTS; n++) {
            assertEquals(StoreCode.DONE, putVariant(n, n == 7 ? 1000 : 60_000));
        }
        assertEquals(StoreCode.FULL, putVariant(99, 60_000));
        releaseVariant(99);
        assertEquals(StoreCode.DONE, await(entry.store.put(TENANT, REGION, KEY,
                NewEntry.of(new PreparedBody(BodyCoding.IDENTITY, "e3", new byte[1]), "text/plain")
                        .withLifetime(60_000, 0, 0).withVariant(":3"))),
                "one that is there may be replaced");
        entry.pass(1000);
        assertEquals(StoreCode.DONE, putVariant(99, 60_000));
        assertEquals(List.of("e99", "e1"), List.of(variant(99).etag(), variant(1).etag()));
        assertEquals(CacheStore.MAX_VARIANTS * 8L, entry.redis.call("HLEN", ENTRY), "what has ended is removed");
        assertEquals(StoreCode.FULL, putVariant(98, 60_000));
        releaseVariant(98);
        assertEquals(EntryState.LEASED, leaseVariant(98, "t97").state(), "to say nothing is no pause");
    }

    @Test
    void onlyTheVariantThatIsThereIsProlonged() {
        putVariant(1, 1000);
        entry.pass(1000);
        leaseVariant(1, "t2");
        leaseVariant(2, "t2");
        NewEntry kept = NewEntry.of(new PreparedBody(BodyCoding.KEEP, "", new byte[0]), "").withLifetime(1000, 0, 0)
                .withLease("t2");
        assertEquals(StoreCode.NOTHING_TO_KEEP, await(entry.store.put(TENANT, REGION, KEY, kept.withVariant(":2"))));
        assertEquals(StoreCode.DONE, await(entry.store.put(TENANT, REGION, KEY, kept.withVariant(":1"))));
        assertEquals("e1", variant(1).etag());
    }
}
