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

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.vertx.core.buffer.Buffer;

import dev.millrace.redis.VirtualRedis.Refusal;

/** What a lookup in the cache finds, to the ms, and who may compute an entry. */
class CacheScriptExamplesTest {

    private final ExampleEntry entry = new ExampleEntry();

    @Test
    void anEntryIsFoundAsItWasStored() {
        for (BodyCoding coding : List.of(BodyCoding.IDENTITY, BodyCoding.GZIP, BodyCoding.NOTHING)) {
            assertEquals(StoreCode.DONE, entry.put("", coding, "one"));
            Lookup found = entry.get();
            long now = entry.redis.ms();
            assertEquals(new Lookup(EntryState.FRESH, now, now, now + 1000, "text/plain", coding, "e-one", "",
                    Buffer.buffer("one"), 0, ""), found);
            entry.pass(1);
        }
    }

    @Test
    void anEntryIsFreshThenStaleThenForErrorsOnly() {
        entry.put("", "one");
        entry.pass(999);
        assertEquals(EntryState.FRESH, entry.get().state());
        entry.pass(1);
        assertEquals(EntryState.STALE, entry.get().state());
        entry.pass(499);
        assertEquals(EntryState.STALE, entry.get("", 0, true).state());
        entry.pass(1);
        assertEquals(EntryState.MISSING, entry.get().state());
        assertEquals(entry.redis.ms(), entry.get().ms());
        assertEquals(EntryState.STALE_ON_ERROR, entry.get("", 0, true).state());
        entry.pass(1499);
        assertEquals(EntryState.STALE_ON_ERROR, entry.get("", 0, true).state());
        entry.pass(1);
        assertEquals(EntryState.MISSING, entry.get("", 0, true).state());
    }

    @Test
    void anEntryThatCostsNothingIsNotRefreshedEarly() {
        entry.put("", "one");
        entry.pass(999);
        ReadOptions options = ReadOptions.PLAIN.withLease(5000, 0);
        assertEquals(EntryState.FRESH,
                await(entry.store.get(TENANT, REGION, KEY, new LookupParameters(options, "t", 1e-9))).state());
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
                NewEntry.of(new PreparedBody(BodyCoding.IDENTITY, "e", "long".getBytes(StandardCharsets.UTF_8)), "")
                        .withLifetime(900_000, 0, 0)));
        entry.put("", "one");
        await(entry.store.get(TENANT, REGION, "other",
                new LookupParameters(ReadOptions.PLAIN.withLease(1, 0), "t", 1)));
        entry.pass(899_999);
        assertTrue(
                await(entry.store.get(TENANT, REGION, "long", new LookupParameters(ReadOptions.PLAIN, "", 1))).isHit());
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

    @Test
    void ofABodyThatIsTooLongOnlyTheLengthIsRead() {
        entry.put("", "one");
        assertEquals("one", withMaxBody(3).body().toString());
        assertEquals(0, withMaxBody(3).tooLong());
        assertNull(withMaxBody(2).body());
        assertEquals(3, withMaxBody(2).tooLong());
        assertEquals(3, withMaxBody(1).tooLong());
        assertNull(withMaxBody(0).body());
        assertEquals(0, withMaxBody(0).tooLong(), "a caller that wants none needs no length");
    }

    private Lookup withMaxBody(int max) {
        return await(entry.store.get(TENANT, REGION, KEY,
                new LookupParameters(ReadOptions.PLAIN.withMaxBody(max), "", 1)));
    }

    private Lookup found(String etags, boolean body) {
        return await(entry.store.get(TENANT, REGION, KEY,
                new LookupParameters(ReadOptions.PLAIN.withEtags(etags).withBody(body), "", 1)));
    }

    @Test
    void oneCallerAtATimeHasTheLease() {
        assertEquals(Lookup.none(EntryState.LEASED, 5000, "", ""), entry.get("t1", 5000, false));
        entry.pass(2000);
        assertEquals(Lookup.none(EntryState.BUSY, 3000, "", ""), entry.get("t2", 5000, false));
        entry.pass(3000);
        assertEquals(Lookup.none(EntryState.BUSY, 1, "", ""), entry.get("t2", 5000, false),
                "up to the end of its last ms");
        entry.pass(1);
        assertEquals(EntryState.LEASED, entry.lease("t2"));
        assertEquals(StoreCode.VOID, entry.put("t1", "one"));
        assertEquals(StoreCode.DONE, entry.put("t2", "two"));
        assertEquals("two", entry.get().body().toString());
        assertEquals(StoreCode.VOID, entry.put("t2", "three"), "a lease is for one entry");
    }

    @Test
    void aCallerThatAsksForNoLeaseGetsNone() {
        assertEquals(EntryState.MISSING, entry.get().state());
        assertFalse(await(entry.store.isLeased(TENANT, REGION, KEY, "")));
        assertEquals(EntryState.LEASED, entry.lease("t"));
        assertTrue(await(entry.store.isLeased(TENANT, REGION, KEY, "")));
    }

    @Test
    void whoRefreshesAStaleEntryIsToldTheOriginsTagAndOthersAreServed() {
        entry.put("", "one");
        entry.pass(1000);
        assertEquals(Lookup.none(EntryState.LEASED, 5000, "origin-one", "", true), entry.get("t1", 5000, false));
        assertEquals(EntryState.STALE, entry.lease("t2"));
        entry.pass(500);
        assertEquals(EntryState.BUSY, entry.lease("t2"));
        assertEquals(EntryState.STALE_ON_ERROR, entry.get("t2", 5000, true).state());
    }

    @Test
    void theTagOfAHiddenEntryIsNotTold() {
        entry.put("", "one");
        await(entry.store.purgeRegion(TENANT, REGION));
        assertEquals(Lookup.none(EntryState.LEASED, 5000, "", ""), entry.get("t1", 5000, false));
    }

    @Test
    void aLeaseSaysNothingOfAPurgedEntry() {
        await(entry.store.put(TENANT, REGION, KEY, NewEntry.of(PreparedBody.nothing(), "").withLifetime(1000, 0, 0)
                .withOrigin("\"tag\"").withHead("200\nX-Old:1", 0, 0)));
        await(entry.store.purgeRegion(TENANT, REGION));
        assertEquals(Lookup.none(EntryState.LEASED, 5000, "", "", false), entry.get("t1", 5000, false));
    }

    @Test
    void aFailureIsToldToOthersForAWhile() {
        entry.lease("t1");
        entry.release("t2", Release.failed(0, 700));
        assertEquals(EntryState.BUSY, entry.lease("t3"), "another's lease cannot be given up");
        entry.release("t1", Release.failed(0, 700));
        assertEquals(Lookup.none(EntryState.FAILED, 700, "", ""), entry.get("t2", 5000, false));
        assertFalse(await(entry.store.isLeased(TENANT, REGION, KEY, "")));
        assertEquals(StoreCode.VOID, entry.put("t1", "one"));
        entry.pass(701);
        assertEquals(EntryState.LEASED, entry.lease("t2"));
    }

    @Test
    void aLeaseIsGivenUpAlsoIfTheMemoryIsFull() {
        entry.lease("t1");
        entry.redis.refuseNext(Refusal.MEMORY_FULL);
        entry.release("t1", Release.failed(0, 700));
        assertEquals(Lookup.none(EntryState.FAILED, 700, "", ""), entry.get("t2", 5000, false));
    }

    @Test
    void thatAnEntryMustNotBeStoredIsToldToOthersForAWhile() {
        entry.lease("t1");
        entry.release("t1", Release.pass(700, false));
        assertEquals(Lookup.none(EntryState.PASS, 700, "", ""), entry.get("t2", 5000, false));
        entry.release("t1", Release.failed(0, 700));
        assertEquals(EntryState.PASS, entry.lease("t2"), "it was given up before");
    }

    @Test
    void anEntryThatIsStillRightIsProlonged() {
        entry.put("", "one");
        entry.pass(1200);
        entry.lease("t1");
        entry.pass(100);
        assertEquals(StoreCode.DONE, entry.put("t1", BodyCoding.KEEP, "ignored"));
        entry.pass(999);
        Lookup found = entry.get();
        assertEquals(List.of(EntryState.FRESH, "one", BodyCoding.IDENTITY, entry.redis.ms() - 999),
                List.of(found.state(), found.body().toString(), found.coding(), found.stored()));
        entry.pass(2000);
        assertTrue(entry.isKept(ENTRY));
    }

    @Test
    void anEntryThatIsGoneIsNotProlongedAndTheLeaseStays() {
        entry.lease("t1");
        assertEquals(StoreCode.NOTHING_TO_KEEP, entry.put("t1", BodyCoding.KEEP, "ignored"));
        assertEquals(EntryState.MISSING, entry.get().state());
        assertEquals(StoreCode.DONE, entry.put("t1", "one"));
    }

    @Test
    void aPauseIsToldWithItsStatusAndIsNoLease() {
        entry.lease("t1");
        entry.release("t1", Release.failed(429, 700));
        assertEquals(Lookup.none(EntryState.FAILED, 700, "429", ""), entry.get("t2", 5000, false));
        assertFalse(await(entry.store.isLeased(TENANT, REGION, KEY, "")));
        entry.release("t1", Release.pass(700, false));
        assertEquals(EntryState.FAILED, entry.lease("t2"), "it was given up before");
        entry.pass(701);
        assertEquals(EntryState.LEASED, entry.lease("t2"));
    }

    @Test
    void whoPassesWithoutALeaseMayAskForAPause() {
        entry.release(Release.PASSING, Release.failed(503, 900));
        assertEquals(EntryState.LEASED, entry.lease("t1"), "nobody was passing");
        entry.release("t1", Release.pass(700, false));
        entry.release(Release.PASSING, Release.failed(503, 900));
        assertEquals(Lookup.none(EntryState.FAILED, 900, "503", ""), entry.get("t2", 5000, false));
    }

    @Test
    void whatMustNotBeServedAnyMoreIsDroppedWithTheLeaseAndNotWithAVoidOne() {
        for (boolean drop : new boolean[]{true, false}) {
            entry.put("", "one");
            entry.pass(1200);
            entry.lease("t1");
            entry.release("t2", Release.pass(700, true));
            assertEquals(EntryState.STALE, entry.get().state(), "the lease of t2 is void");
            entry.release("t1", Release.pass(700, drop));
            assertEquals(drop ? EntryState.MISSING : EntryState.STALE, entry.get().state());
            await(entry.store.delete(TENANT, REGION, KEY, Preconditions.NONE, ""));
        }
    }

    @Test
    void theHeadIsKeptAndReplacedAndComesWithTheLease() {
        NewEntry first = NewEntry
                .of(new PreparedBody(BodyCoding.IDENTITY, "e", "one".getBytes(StandardCharsets.UTF_8)), "text/plain")
                .withLifetime(1000, 0, 0).withOrigin("\"v1\"\ndate").withHead("200\nA:1", 4000, 3000);
        await(entry.store.put(TENANT, REGION, KEY, first));
        long stored = entry.redis.ms();
        Lookup found = entry.get();
        assertEquals(List.of("200\nA:1", stored - 4000, stored + 1000),
                List.of(found.head(), found.stored(), found.fresh()));
        entry.pass(3999);
        assertEquals(EntryState.MISSING, entry.get("", 0, true).state(), "kept, but not to be served");
        assertEquals(Lookup.none(EntryState.LEASED, 5000, "\"v1\"\ndate", "200\nA:1", true),
                entry.get("t1", 5000, false));
        NewEntry again = NewEntry.of(new PreparedBody(BodyCoding.KEEP, "", new byte[0]), "").withLifetime(1000, 0, 0)
                .withLease("t1").withOrigin("\"v1\"").withHead("200\nA:2", 0, 3000);
        assertEquals(StoreCode.DONE, await(entry.store.put(TENANT, REGION, KEY, again)));
        found = entry.get();
        assertEquals(List.of(EntryState.FRESH, "200\nA:2", "text/plain", "e", "one"),
                List.of(found.state(), found.head(), found.type(), found.etag(), found.body().toString()));
        entry.pass(4000);
        assertTrue(entry.isKept(ENTRY));
        entry.pass(1);
        assertFalse(entry.isKept(ENTRY));
    }

    /** As the versions before stored them, without a head. */
    @Test
    void anEntryWithoutAHeadIsFound() {
        entry.put("", "one");
        entry.redis.dataSource().execute("HDEL", ENTRY, "h").await().indefinitely();
        assertEquals("", entry.get().head());
        entry.pass(1200);
        assertEquals(Lookup.none(EntryState.LEASED, 5000, "origin-one", "", true), entry.get("t1", 5000, false));
    }

    @Test
    void aFailureIsToldForAsLongAsItWasSaid() {
        entry.lease("t1");
        entry.release("t1", Release.failed(0, 1));
        assertEquals(EntryState.FAILED, entry.lease("t2"));
        entry.pass(2);
        assertEquals(EntryState.LEASED, entry.lease("t2"));
    }
}
