package dev.millrace.cache;

import static dev.millrace.cache.ExampleEntry.ENTRY;
import static dev.millrace.cache.ExampleEntry.KEY;
import static dev.millrace.cache.ExampleEntry.REGION;
import static dev.millrace.cache.ExampleEntry.TENANT;
import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.millrace.redis.Keys;
import dev.millrace.redis.VirtualRedis.Refusal;

/** Each variant of an entry has a lease, and a reason why nobody has it, of its own; together they are bounded. */
class CacheVariantScriptsTest {

    private static final String LEASES = Keys.cacheEntry(TENANT, 1, REGION, KEY).get(4);
    /** As the script says. */
    private static final int MAX_RECORDS = 64;

    private final ExampleEntry entry = new ExampleEntry();

    private Lookup lookup(String token, int variant, long leaseMs) {
        return await(entry.store.get(TENANT, REGION, KEY, new LookupParameters(
                ReadOptions.PLAIN.withLease(leaseMs, 0).withVariant(":" + variant), token, 1)));
    }

    private EntryState lease(String token, int variant) {
        return lookup(token, variant, 5000).state();
    }

    private Lookup get(int variant) {
        return lookup("", variant, 0);
    }

    private StoreCode put(String token, int variant, long freshMs, long swrMs, String... tags) {
        return await(entry.store.put(TENANT, REGION, KEY,
                NewEntry.of(new PreparedBody(BodyCoding.IDENTITY, "e" + variant, new byte[]{(byte) variant}),
                        "text/plain")
                        .withLifetime(freshMs, swrMs, 0).withLease(token).withTags(List.of(tags))
                        .withVariant(":" + variant)));
    }

    private StoreCode put(String token, int variant) {
        return put(token, variant, 1000, 500);
    }

    private boolean release(String token, int variant, Release why) {
        return await(entry.store.release(TENANT, REGION, KEY, ":" + variant, token, why));
    }

    private boolean isLeased(int variant) {
        return await(entry.store.isLeased(TENANT, REGION, KEY, ":" + variant));
    }

    private long records() {
        return (Long) entry.redis.call("HLEN", LEASES);
    }

    @Test
    void eachHasALeaseOfItsOwn() {
        assertEquals(Lookup.none(EntryState.LEASED, 5000, "", ""), lookup("t1", 1, 5000));
        assertEquals(EntryState.LEASED, lease("t2", 2));
        assertEquals(EntryState.LEASED, entry.lease("t0"), "and the entry without variants");
        entry.pass(2000);
        assertEquals(Lookup.none(EntryState.BUSY, 3000, "", ""), lookup("t3", 1, 5000));
        assertEquals(List.of(true, true, false), List.of(isLeased(1), isLeased(2), isLeased(3)));
        assertEquals(StoreCode.VOID, put("t1", 2));
        assertEquals(StoreCode.DONE, put("t1", 1));
        assertEquals(List.of(false, true), List.of(isLeased(1), isLeased(2)));
        assertEquals(StoreCode.VOID, put("t1", 1), "a lease is for one entry");
        entry.pass(3000);
        assertEquals(Lookup.none(EntryState.BUSY, 1, "", ""), lookup("t3", 2, 5000), "up to the end of its last ms");
        entry.pass(1);
        assertFalse(isLeased(2));
        assertEquals(StoreCode.VOID, put("t2", 2));
        assertEquals(EntryState.LEASED, lease("t3", 2));
    }

    @Test
    void aPutByACallerVoidsTheLeaseOfItsVariant() {
        lease("t1", 1);
        lease("t2", 2);
        assertEquals(StoreCode.DONE, put("", 1));
        assertEquals(StoreCode.VOID, put("t1", 1));
        assertEquals(StoreCode.DONE, put("t2", 2));
    }

    @Test
    void aReasonConcernsOne() {
        lease("t1", 1);
        lease("t2", 2);
        lease("t3", 3);
        assertFalse(release("t1", 2, Release.failed(429, 900)), "the lease of another variant");
        assertTrue(release("t1", 1, Release.failed(429, 3_600_000)));
        assertTrue(release("t2", 2, Release.pass(700, false)));
        assertTrue(release("t3", 3, Release.SILENT));
        assertEquals(Lookup.none(EntryState.FAILED, 3_600_000, "429", ""), lookup("t", 1, 5000));
        assertEquals(Lookup.none(EntryState.PASS, 700, "", ""), lookup("t", 2, 5000));
        assertEquals(EntryState.LEASED, lease("t", 3));
        assertEquals(EntryState.LEASED, lease("t", 4));
        assertEquals(List.of(false, false, true), List.of(isLeased(1), isLeased(2), isLeased(3)));
        assertTrue(release(Release.PASSING, 2, Release.failed(503, 900)));
        assertFalse(release(Release.PASSING, 1, Release.failed(503, 900)));
        assertEquals(Lookup.none(EntryState.FAILED, 900, "503", ""), lookup("t", 2, 5000));
        entry.pass(901);
        assertEquals(EntryState.LEASED, lease("t", 2));
    }

    @Test
    void aReleaseDropsItsOwn() {
        put("", 1);
        put("", 2);
        entry.pass(1200);
        lease("t1", 1);
        lease("t2", 2);
        release("other", 1, Release.pass(700, true));
        assertEquals(EntryState.STALE, get(1).state(), "that lease is void");
        release("t1", 1, Release.pass(700, true));
        assertEquals(List.of(EntryState.MISSING, EntryState.STALE), List.of(get(1).state(), get(2).state()));
        release("t2", 2, Release.pass(700, false));
        assertEquals(EntryState.STALE, get(2).state());
        entry.pass(200);
        lease("t3", 2);
        assertEquals(EntryState.PASS, lease("t3", 1));
    }

    @Test
    void aDeleteVoidsAllLeasesAndReasons() {
        lease("t1", 1);
        lease("t2", 2);
        lease("t3", 3);
        release("t3", 3, Release.failed(429, 900_000));
        await(entry.store.delete(TENANT, REGION, KEY, Preconditions.NONE, ""));
        assertFalse(entry.isKept(LEASES));
        assertEquals(List.of(StoreCode.VOID, StoreCode.VOID), List.of(put("t1", 1), put("t2", 2)));
        assertEquals(EntryState.LEASED, lease("t", 3));
    }

    @Test
    void aPurgeVoidsTheLeasesOfAllItConcerns() {
        lease("t1", 1);
        lease("t2", 2);
        await(entry.store.purgeTag(TENANT, REGION, "x"));
        assertEquals(List.of(StoreCode.VOID, StoreCode.DONE),
                List.of(put("t1", 1, 1000, 0, "x"), put("t2", 2, 1000, 0, "y")));
        lease("t1", 1);
        lease("t3", 3);
        await(entry.store.purgeRegion(TENANT, REGION));
        assertEquals(List.of(StoreCode.VOID, StoreCode.VOID), List.of(put("t1", 1), put("t3", 3)));
    }

    @Test
    void theKeyExpiresWithTheLastOfThem() {
        lookup("t1", 1, 10_000);
        lookup("t2", 2, 5000);
        release("t2", 2, Release.failed(0, 700));
        assertEquals(List.of(), entry.redis.immortal());
        entry.pass(10_000);
        assertTrue(entry.isKept(LEASES));
        entry.pass(1);
        assertFalse(entry.isKept(LEASES));
        lease("t1", 1);
        release("t1", 1, Release.failed(429, 60_000));
        assertEquals(List.of(), entry.redis.immortal(), "the only one");
        entry.pass(60_000);
        assertTrue(entry.isKept(LEASES));
    }

    @Test
    void callersThatSendAnyValueAreBounded() {
        put("", 1000, 1000, 50_000);
        entry.pass(1000);
        for (int n = 0; n < MAX_RECORDS; n++) {
            assertEquals(EntryState.LEASED, lookup("t" + n, n, 10_000 + n).state());
        }
        assertEquals(Lookup.none(EntryState.PASS, 1, "", ""), lookup("t", 99, 5000), "without a lease of its own");
        assertFalse(isLeased(99));
        assertEquals(EntryState.BUSY, lease("t", 5));
        assertEquals(EntryState.LEASED, lease("s", 1000), "what is stored may be refreshed");
        assertEquals(MAX_RECORDS, records());
        assertEquals(StoreCode.VOID, put("t0", 0), "in place of the lease that ends first");
        assertEquals(StoreCode.DONE, put("t1", 1));
        assertEquals(EntryState.LEASED, lease("t", 99));
        assertEquals(StoreCode.DONE, put("s", 1000));
    }

    @Test
    void reasonsMakePlaceThatWhichEndsFirst() {
        for (int n = 0; n < MAX_RECORDS; n++) {
            lookup("t" + n, n, 60_000);
        }
        release("t7", 7, Release.failed(429, 3_600_000));
        release("t8", 8, Release.pass(5000, false));
        release("t9", 9, Release.failed(0, 6000));
        assertEquals(EntryState.LEASED, lease("t", 91));
        assertEquals(List.of(EntryState.FAILED, EntryState.FAILED), List.of(lease("t", 7), lease("t", 9)));
        assertEquals(EntryState.LEASED, lease("t", 92));
        assertEquals(EntryState.LEASED, lease("t", 93));
        assertEquals(EntryState.PASS, lease("t", 7), "as all the others");
        assertEquals(MAX_RECORDS, records());
    }

    @Test
    void whatHasEndedMakesPlaceAtOnce() {
        for (int n = 0; n < MAX_RECORDS; n++) {
            lookup("t" + n, n, n % 2 == 0 ? 1000 : 5000);
        }
        entry.pass(1000);
        assertEquals(EntryState.PASS, lease("t", 91));
        entry.pass(1);
        assertEquals(EntryState.LEASED, lease("t", 2), "in its own place");
        assertEquals(MAX_RECORDS, records());
        assertEquals(EntryState.LEASED, lease("t", 91));
        assertEquals(MAX_RECORDS / 2 + 2, records());
        assertEquals(EntryState.BUSY, lease("t", 1));
    }

    @Test
    void afterTheClockWasSetBackNoneHoldsLongerThanAnyMay() {
        lookup("t1", 1, 60_000);
        lookup("t2", 2, 60_000);
        release("t2", 2, Release.failed(429, 3_600_000));
        assertEquals(List.of(EntryState.BUSY, EntryState.FAILED), List.of(lease("t", 1), lease("t", 2)));
        entry.pass(-1);
        assertEquals(List.of(EntryState.LEASED, EntryState.LEASED), List.of(lease("t", 1), lease("t", 2)));
        assertEquals(List.of(EntryState.BUSY, EntryState.BUSY), List.of(lease("t", 1), lease("t", 2)));
        for (int n = 3; n <= MAX_RECORDS; n++) {
            lookup("t" + n, n, 60_000);
        }
        entry.pass(-1);
        assertEquals(EntryState.LEASED, lease("t", 99));
        assertEquals(3, records(), "those have ended");
    }

    @Test
    void noneIsGivenWhileMemoryIsFullAndAReasonIsTold() {
        lease("t1", 1);
        entry.redis.refuseNext(Refusal.MEMORY_FULL);
        assertEquals(EntryState.MISSING, lease("t2", 2));
        entry.redis.refuseNext(Refusal.READ_ONLY);
        assertEquals(EntryState.MISSING, lease("t2", 2));
        entry.redis.refuseNext(Refusal.MEMORY_FULL);
        release("t1", 1, Release.failed(0, 700));
        assertEquals(Lookup.none(EntryState.FAILED, 700, "", ""), lookup("t", 1, 5000));
        assertEquals(List.of(), entry.redis.immortal());
    }

    @Test
    void whileMemoryIsFullNoneMakesPlaceForWhatIsNotStored() {
        for (int n = 0; n < MAX_RECORDS; n++) {
            lookup("t" + n, n, n == 0 ? 1000 : 9000);
        }
        entry.pass(1001);
        entry.redis.refuseNext(Refusal.MEMORY_FULL);
        assertEquals(EntryState.MISSING, lease("t", 99));
        assertEquals(MAX_RECORDS, records());
        for (int n = 0; n < CacheStore.MAX_VARIANTS; n++) {
            assertEquals(StoreCode.DONE, put("", n, n == 7 ? 1000 : 60_000, 0));
        }
        entry.pass(1000);
        entry.redis.refuseNext(Refusal.MEMORY_FULL);
        assertThrows(RuntimeException.class, () -> put("", 99));
        assertEquals(16 * 8L, entry.redis.call("HLEN", ENTRY));
        assertEquals(StoreCode.DONE, put("", 99));
        assertEquals(16 * 8L, entry.redis.call("HLEN", ENTRY));
        assertNull(entry.redis.call("HGET", ENTRY, "s:7"));
    }

    @Test
    void whatWasPurgedMakesPlace() {
        for (int n = 0; n < CacheStore.MAX_VARIANTS; n++) {
            put("", n, 60_000, 0, n == 3 ? "x" : "y");
        }
        assertEquals(StoreCode.FULL, put("", 99));
        await(entry.store.purgeTag(TENANT, REGION, "x"));
        assertEquals(StoreCode.DONE, put("", 99, 60_000, 0));
        assertEquals(StoreCode.FULL, put("", 98));
        assertEquals(EntryState.FRESH, get(4).state());
        await(entry.store.purgeRegion(TENANT, REGION));
        assertEquals(StoreCode.DONE, put("", 98));
        assertEquals(8L, entry.redis.call("HLEN", ENTRY));
    }
}
