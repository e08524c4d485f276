package dev.millrace.cache;

import static dev.millrace.cache.ExampleEntry.ENTRY;
import static dev.millrace.cache.ExampleEntry.KEY;
import static dev.millrace.cache.ExampleEntry.REGION;
import static dev.millrace.cache.ExampleEntry.TENANT;
import static dev.millrace.cache.ExampleEntry.VERSIONS;
import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.vertx.core.buffer.Buffer;

import dev.millrace.cache.CacheStore.NewEntry;
import dev.millrace.cache.CacheStore.Question;
import dev.millrace.cache.CacheStore.Stored;
import dev.millrace.cache.Lookup.Coding;
import dev.millrace.cache.Lookup.What;

/** What a lookup in the cache finds, to the ms, and who may compute an entry. */
class CacheScriptExamplesTest {

    private final ExampleEntry entry = new ExampleEntry();

    @Test
    void anEntryIsFoundAsItWasStored() {
        for (Coding coding : List.of(Coding.IDENTITY, Coding.GZIP, Coding.NOTHING)) {
            assertEquals(Stored.DONE, entry.put("", coding, "one"));
            Lookup found = entry.get();
            long now = entry.redis.ms();
            assertEquals(new Lookup(What.FRESH, now, now, now + 1000, "text/plain", coding, "e-one",
                    Buffer.buffer("one"), ""), found);
            entry.pass(1);
        }
    }

    @Test
    void anEntryIsFreshThenStaleThenForErrorsOnly() {
        entry.put("", "one");
        entry.pass(999);
        assertEquals(What.FRESH, entry.get().what());
        entry.pass(1);
        assertEquals(What.STALE, entry.get().what());
        entry.pass(499);
        assertEquals(What.STALE, entry.get("", 0, true).what());
        entry.pass(1);
        assertEquals(What.MISSING, entry.get().what());
        assertEquals(entry.redis.ms(), entry.get().ms());
        assertEquals(What.STALE_ON_ERROR, entry.get("", 0, true).what());
        entry.pass(1499);
        assertEquals(What.STALE_ON_ERROR, entry.get("", 0, true).what());
        entry.pass(1);
        assertEquals(What.MISSING, entry.get("", 0, true).what());
    }

    @Test
    void anEntryThatCostsNothingIsNotRefreshedEarly() {
        entry.put("", "one");
        entry.pass(999);
        assertEquals(What.FRESH, await(
                entry.store.get(TENANT, REGION, KEY, new Question("t", 5000, 1e-9, false, "", true))).what());
    }

    @Test
    void redisDropsAnEntryAtItsEndAndTheRecordOfPurgesAMinuteLater() {
        entry.put("", "one");
        entry.pass(3000);
        assertTrue(entry.isKept(ENTRY));
        entry.pass(1);
        assertFalse(entry.isKept(ENTRY));
        entry.pass(59_999);
        assertTrue(entry.isKept(VERSIONS));
        entry.pass(1);
        assertFalse(entry.isKept(VERSIONS));
    }

    @Test
    void theRecordOfPurgesOutlivesALeaseByAMinute() {
        entry.lease("t");
        entry.pass(65_000);
        assertTrue(entry.isKept(VERSIONS));
        entry.pass(1);
        assertFalse(entry.isKept(VERSIONS));
    }

    /** Else entries that are there still would be hidden. */
    @Test
    void whatEndsSoonerDoesNotShortenTheRecordOfPurges() {
        await(entry.store.put(TENANT, REGION, "long",
                new NewEntry("", List.of(), "", Coding.IDENTITY, "e", 900_000, 0, 0, "",
                        Buffer.buffer("long"))));
        entry.put("", "one");
        await(entry.store.get(TENANT, REGION, "other", new Question("t", 1, 1, false, "", true)));
        entry.pass(899_999);
        assertTrue(await(entry.store.get(TENANT, REGION, "long", new Question("", 0, 1, false, "", true))).isHit());
    }

    @Test
    void theBodyIsLeftOutIfTheCallerHasItOrDoesNotWantIt() {
        entry.put("", "one");
        assertEquals("one", found(" e-two ", true).body().toString());
        assertNull(found(" e-one ", true).body());
        assertNull(found(" e-two e-one ", true).body());
        assertNull(found("*", true).body());
        assertNull(found("", false).body());
        assertEquals("e-one", found("*", true).etag());
    }

    private Lookup found(String etags, boolean body) {
        return await(entry.store.get(TENANT, REGION, KEY, new Question("", 0, 1, false, etags, body)));
    }

    @Test
    void oneCallerAtATimeHasTheLease() {
        assertEquals(Lookup.none(What.LEASED, 5000, ""), entry.get("t1", 5000, false));
        entry.pass(2000);
        assertEquals(Lookup.none(What.BUSY, 3000, ""), entry.get("t2", 5000, false));
        entry.pass(3000);
        assertEquals(Lookup.none(What.BUSY, 1, ""), entry.get("t2", 5000, false), "up to the end of its last ms");
        entry.pass(1);
        assertEquals(What.LEASED, entry.lease("t2"));
        assertEquals(Stored.VOID, entry.put("t1", "one"));
        assertEquals(Stored.DONE, entry.put("t2", "two"));
        assertEquals("two", entry.get().body().toString());
        assertEquals(Stored.VOID, entry.put("t2", "three"), "a lease is for one entry");
    }

    @Test
    void aCallerThatAsksForNoLeaseGetsNone() {
        assertEquals(What.MISSING, entry.get().what());
        assertFalse(await(entry.store.isLeased(TENANT, REGION, KEY)));
        assertEquals(What.LEASED, entry.lease("t"));
        assertTrue(await(entry.store.isLeased(TENANT, REGION, KEY)));
    }

    @Test
    void whoRefreshesAStaleEntryIsToldTheOriginsTagAndOthersAreServed() {
        entry.put("", "one");
        entry.pass(1000);
        assertEquals(Lookup.none(What.LEASED, 5000, "origin-one"), entry.get("t1", 5000, false));
        assertEquals(What.STALE, entry.lease("t2"));
        entry.pass(500);
        assertEquals(What.BUSY, entry.lease("t2"));
        assertEquals(What.STALE_ON_ERROR, entry.get("t2", 5000, true).what());
    }

    @Test
    void theTagOfAHiddenEntryIsNotTold() {
        entry.put("", "one");
        await(entry.store.purgeRegion(TENANT, REGION));
        assertEquals(Lookup.none(What.LEASED, 5000, ""), entry.get("t1", 5000, false));
    }

    @Test
    void aFailureIsToldToOthersForAWhile() {
        entry.lease("t1");
        entry.release("t2", false, 700);
        assertEquals(What.BUSY, entry.lease("t3"), "another's lease cannot be given up");
        entry.release("t1", false, 700);
        assertEquals(Lookup.none(What.FAILED, 700, ""), entry.get("t2", 5000, false));
        assertFalse(await(entry.store.isLeased(TENANT, REGION, KEY)));
        assertEquals(Stored.VOID, entry.put("t1", "one"));
        entry.pass(701);
        assertEquals(What.LEASED, entry.lease("t2"));
    }

    @Test
    void thatAnEntryMustNotBeStoredIsToldToOthersForAWhile() {
        entry.lease("t1");
        entry.release("t1", true, 700);
        assertEquals(Lookup.none(What.PASS, 700, ""), entry.get("t2", 5000, false));
        entry.release("t1", false, 700);
        assertEquals(What.PASS, entry.lease("t2"), "it was given up before");
    }

    @Test
    void anEntryThatIsStillRightIsProlonged() {
        entry.put("", "one");
        entry.pass(1200);
        entry.lease("t1");
        entry.pass(100);
        assertEquals(Stored.DONE, entry.put("t1", Coding.KEEP, "ignored"));
        entry.pass(999);
        Lookup found = entry.get();
        assertEquals(List.of(What.FRESH, "one", Coding.IDENTITY, entry.redis.ms() - 999),
                List.of(found.what(), found.body().toString(), found.coding(), found.stored()));
        entry.pass(2000);
        assertTrue(entry.isKept(ENTRY));
    }

    @Test
    void anEntryThatIsGoneIsNotProlongedAndTheLeaseStays() {
        entry.lease("t1");
        assertEquals(Stored.NOTHING_TO_KEEP, entry.put("t1", Coding.KEEP, "ignored"));
        assertEquals(What.MISSING, entry.get().what());
        assertEquals(Stored.DONE, entry.put("t1", "one"));
    }
}
