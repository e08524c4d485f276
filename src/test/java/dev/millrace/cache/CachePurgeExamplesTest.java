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

import java.util.List;

import org.junit.jupiter.api.Test;

import io.vertx.core.buffer.Buffer;

import dev.millrace.cache.CacheStore.NewEntry;
import dev.millrace.cache.CacheStore.Question;
import dev.millrace.cache.CacheStore.Stored;
import dev.millrace.cache.Lookup.Coding;
import dev.millrace.cache.Lookup.What;
import dev.millrace.redis.VirtualRedis.Refusal;

/** What deletes and purges hide, and which leases they void. */
class CachePurgeExamplesTest {

    private final ExampleEntry entry = new ExampleEntry();

    @Test
    void aDeletedEntryIsGoneAndTheLeaseForItIsVoid() {
        entry.put("", "one");
        entry.pass(1000);
        entry.lease("t1");
        await(entry.store.delete(TENANT, REGION, KEY));
        assertEquals(What.MISSING, entry.get().what());
        assertEquals(Stored.VOID, entry.put("t1", "two"));
        assertEquals(What.LEASED, entry.lease("t2"));
    }

    @Test
    void aPurgedTagHidesWhatWasStoredBeforeAndOnlyThat() {
        entry.put("", "one", "x", "y");
        purge("z");
        assertTrue(entry.get().isHit());
        purge("y");
        assertTrue(entry.isKept(ENTRY));
        assertEquals(What.MISSING, entry.get().what());
        assertFalse(entry.isKept(ENTRY), "asked for, it is dropped");
        entry.put("", "two", "x", "y");
        assertTrue(entry.get().isHit());
        await(entry.store.purgeRegion(TENANT, "other"));
        assertTrue(entry.get().isHit());
        await(entry.store.purgeRegion(TENANT, REGION));
        assertEquals(What.MISSING, entry.get().what());
    }

    private void purge(String tag) {
        await(entry.store.purgeTag(TENANT, REGION, tag));
    }

    @Test
    void aPurgeVoidsTheLeasesFromBeforeForWhatItHidesAndOnlyThose() {
        entry.lease("t1");
        purge("x");
        assertEquals(Stored.VOID, entry.put("t1", "one", "x"));
        assertEquals(What.LEASED, entry.lease("t2"), "a void lease holds nobody up");
        assertEquals(Stored.DONE, entry.put("t2", "two", "x"), "it is from after the purge");
        entry.pass(1000);
        entry.lease("t3");
        purge("y");
        assertEquals(Stored.DONE, entry.put("t3", "three", "x"));
        assertEquals("three", entry.get().body().toString());
        purge("x");
        entry.pass(1);
        entry.lease("t4");
        await(entry.store.purgeRegion(TENANT, REGION));
        assertEquals(Stored.VOID, entry.put("t4", "four"));
    }

    @Test
    void aPurgeBetweenTheLeaseAndTheEntryHidesTheEntryLater() {
        entry.lease("t1");
        purge("y");
        entry.put("t1", "one", "x");
        assertTrue(entry.get().isHit());
        purge("x");
        assertEquals(What.MISSING, entry.get().what());
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
            entry.put("", "one");
            entry.redis.lose(VERSIONS);
            entry.pass(1000);
            assertEquals(leased.isEmpty() ? What.MISSING : What.LEASED,
                    await(entry.store.get(TENANT, REGION, "other", new Question(leased, 9, 1, false, "", true)))
                            .what());
            if (leased.isEmpty()) {
                await(entry.store.put(TENANT, REGION, "other",
                        new NewEntry("", List.of(), "", Coding.IDENTITY, "e", 5, 0, 0, "", Buffer.buffer("b"))));
            }
            assertEquals(What.MISSING, entry.get().what());
        }
    }

    @Test
    void aPurgeDoesNotFailWhileMemoryIsFull() {
        entry.put("", "one", "x");
        entry.redis.refuseNext(Refusal.MEMORY_FULL);
        purge("x");
        assertEquals(What.MISSING, entry.get().what());
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
        NewEntry other = new NewEntry("", List.of(), "", Coding.IDENTITY, "e", 5000, 0, 0, "", Buffer.buffer("b"));
        Question any = new Question("", 0, 1, false, "", true);
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
