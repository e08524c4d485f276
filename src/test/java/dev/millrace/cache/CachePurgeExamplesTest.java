package dev.millrace.cache;

import static dev.millrace.cache.ExampleEntry.ENTRY;
import static dev.millrace.cache.ExampleEntry.KEY;
import static dev.millrace.cache.ExampleEntry.REGION;
import static dev.millrace.cache.ExampleEntry.TENANT;
import static dev.millrace.cache.ExampleEntry.VERSIONS;
import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.millrace.redis.VirtualRedis.Refusal;

/** What deletes and purges hide, and which leases they void. */
class CachePurgeExamplesTest {

    private final ExampleEntry entry = new ExampleEntry();

    @Test
    void aDeletedEntryIsGoneAndTheLeaseForItIsVoid() {
        entry.put("", "one");
        entry.pass(1000);
        entry.lease("t1");
        await(entry.store.delete(TENANT, REGION, KEY, Preconditions.NONE, ""));
        assertEquals(EntryState.MISSING, entry.get().state());
        assertEquals(StoreCode.VOID, entry.put("t1", "two"));
        assertEquals(EntryState.LEASED, entry.lease("t2"));
    }

    @Test
    void aPurgedTagHidesWhatWasStoredBeforeAndOnlyThat() {
        entry.put("", "one", "x", "y");
        purge("z");
        assertTrue(entry.get().isHit());
        purge("y");
        assertTrue(entry.isKept(ENTRY));
        assertEquals(EntryState.MISSING, entry.get().state());
        assertFalse(entry.isKept(ENTRY), "asked for, it is dropped");
        entry.put("", "two", "x", "y");
        assertTrue(entry.get().isHit());
        await(entry.store.purgeRegion(TENANT, "other"));
        assertTrue(entry.get().isHit());
        await(entry.store.purgeRegion(TENANT, REGION));
        assertEquals(EntryState.MISSING, entry.get().state());
    }

    private void purge(String tag) {
        await(entry.store.purgeTag(TENANT, REGION, tag));
    }

    @Test
    void aPurgeVoidsTheLeasesFromBeforeForWhatItHidesAndOnlyThose() {
        entry.lease("t1");
        purge("x");
        assertEquals(StoreCode.VOID, entry.put("t1", "one", "x"));
        assertEquals(EntryState.LEASED, entry.lease("t2"), "a void lease holds nobody up");
        assertEquals(StoreCode.DONE, entry.put("t2", "two", "x"), "it is from after the purge");
        entry.pass(1000);
        entry.lease("t3");
        purge("y");
        assertEquals(StoreCode.DONE, entry.put("t3", "three", "x"));
        assertEquals("three", entry.get().body().toString());
        purge("x");
        entry.pass(1);
        entry.lease("t4");
        await(entry.store.purgeRegion(TENANT, REGION));
        assertEquals(StoreCode.VOID, entry.put("t4", "four"));
    }

    @Test
    void aPurgeBetweenTheLeaseAndTheEntryHidesTheEntryLater() {
        entry.lease("t1");
        purge("y");
        entry.put("t1", "one", "x");
        assertTrue(entry.get().isHit());
        purge("x");
        assertEquals(EntryState.MISSING, entry.get().state());
    }

    @Test
    void aPurgeWhereNothingWasEverStoredKeepsNothing() {
        purge("x");
        assertFalse(entry.isKept(VERSIONS));
    }

    /** As it is not known what was purged. */
    @Test
    void whereTheRecordOfPurgesWasLostWhatWasStoredBeforeIsHidden() {
        for (String leased : List.of("", "t")) {
            entry.redis.lose(VERSIONS);
            if (!leased.isEmpty()) {
                entry.lease(leased);
            }
            entry.put(leased, "one");
            assertTrue(entry.get().isHit());
            entry.redis.lose(VERSIONS);
            entry.pass(1000);
            LookupParameters lookup = new LookupParameters(ReadOptions.PLAIN.withLease(9, 0), leased, 1);
            assertEquals(leased.isEmpty() ? EntryState.MISSING : EntryState.LEASED,
                    await(entry.store.get(TENANT, REGION, "other", lookup)).state());
            if (leased.isEmpty()) {
                PreparedBody body = new PreparedBody(BodyCoding.IDENTITY, "e", "b".getBytes(StandardCharsets.UTF_8));
                await(entry.store.put(TENANT, REGION, "other", NewEntry.of(body, "").withLifetime(5, 0, 0)));
            }
            assertEquals(EntryState.MISSING, entry.get().state());
        }
    }

    @Test
    void aPurgeDoesNotFailWhileMemoryIsFull() {
        entry.put("", "one", "x");
        entry.redis.refuseNext(Refusal.MEMORY_FULL);
        purge("x");
        assertEquals(EntryState.MISSING, entry.get().state());
    }

    @Test
    void aPurgeDoesNotProlongTheRecordOfPurges() {
        entry.put("", "one");
        purge("x");
        entry.pass(63_001);
        assertFalse(entry.isKept(VERSIONS));
    }

    /** The oldest tenth is forgotten at a time, as if everything had been purged then. */
    @Test
    void tooManyPurgesHideWhatIsOlderThanTheOldestTenthOfThem() {
        CacheStore small = new CacheStore(entry.redis.dataSource(), () -> false, entry.redis, 100);
        NewEntry other = NewEntry
                .of(new PreparedBody(BodyCoding.IDENTITY, "e", "b".getBytes(StandardCharsets.UTF_8)), "")
                .withLifetime(5000, 0, 0);
        LookupParameters any = new LookupParameters(ReadOptions.PLAIN, "", 1);
        for (int i = 0; i < 99; i++) {
            await(small.put(TENANT, REGION, "after " + i, other));
            if (i == 98) {
                assertTrue(await(small.get(TENANT, REGION, "after 0", any)).isHit());
            }
            await(small.purgeTag(TENANT, "other", "t" + i));
        }
        assertFalse(await(small.get(TENANT, REGION, "after 10", any)).isHit());
        assertTrue(await(small.get(TENANT, REGION, "after 11", any)).isHit());
        assertTrue(await(small.get(TENANT, REGION, "after 98", any)).isHit());
    }
}
