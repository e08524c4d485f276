package dev.millrace.cache;

import static dev.millrace.cache.ExampleEntry.KEY;
import static dev.millrace.cache.ExampleEntry.REGION;
import static dev.millrace.cache.ExampleEntry.TENANT;
import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

/** Preconditions of writes, for every state of an entry and every kind of list: what RFC 9110, section 13, says of each. */
class PreconditionScriptsTest {

    /** What is there before the write; the tag of a value is {@code e-one}, that of a stored "not found" {@code nothing}. */
    private enum Before {
        ABSENT(null),
        FRESH("e-one"),
        STALE("e-one"),
        ENDED_BUT_KEPT_FOR_ERRORS(null),
        EXPIRED(null),
        PURGED(null),
        PURGED_BY_TAG(null),
        WEAK("W/e-one"),
        NOTHING("nothing");

        private final String tag;

        Before(String tag) {
            this.tag = tag;
        }
    }

    private static final List<String> LISTS = List.of("", "*", " ", " e-one ", " e-two ", " e-two e-one ", " nothing ",
            " e-on ");

    private final ExampleEntry entry = new ExampleEntry();
    private String variant = "";

    @Test
    void aWriteHappensIfItsPreconditionsAreMetAndElseChangesNothing() {
        for (Before before : Before.values()) {
            for (String match : LISTS) {
                for (String none : LISTS) {
                    require(before, new Preconditions(match, none));
                }
            }
        }
    }

    /** The entry without variants beside it, and another variant, do not matter. */
    @Test
    void theyAreAboutTheVariantThatTheWriteSelects() {
        variant = ":v";
        aWriteHappensIfItsPreconditionsAreMetAndElseChangesNothing();
    }

    private void require(Before before, Preconditions conditions) {
        String what = before + " " + conditions;
        boolean met = met(before.tag, conditions);
        arrange(before);
        assertEquals(met ? StoreCode.DONE : StoreCode.UNMET, put(conditions), what);
        Lookup found = get();
        assertEquals(met, found.isHit() && found.body().toString().equals("two"), what);
        arrange(before);
        boolean there = get().isHit();
        assertEquals(met ? DeleteCode.DELETED : DeleteCode.UNMET,
                await(entry.store.delete(TENANT, REGION, KEY, conditions, variant)), what);
        assertEquals(there && !met, get().isHit(), what);
    }

    private Lookup get() {
        return await(entry.store.get(TENANT, REGION, KEY,
                new LookupParameters(ReadOptions.PLAIN.withOnError(true).withVariant(variant), "", 1)));
    }

    /** The rules of the RFC, said once more. */
    private static boolean met(String tag, Preconditions conditions) {
        boolean value = tag != null && !tag.equals("nothing");
        String match = conditions.match();
        if (match.equals("*") && !value || match.startsWith(" ")
                && (tag == null || tag.startsWith("W/") || !List.of(match.strip().split(" ")).contains(tag))) {
            return false;
        }
        String none = conditions.none();
        return none.isEmpty() || (none.equals("*")
                ? !value
                : tag == null || !List.of(none.strip().split(" ")).contains(tag.replace("W/", "")));
    }

    private void arrange(Before before) {
        // So that the checks come at many fractions of a second.
        entry.pass(700);
        await(entry.store.delete(TENANT, REGION, KEY, Preconditions.NONE, ""));
        if (!variant.isEmpty()) {
            entry.put("", "one");
            await(entry.store.put(TENANT, REGION, KEY, value("two").withVariant(":other")));
        }
        switch (before) {
            case ABSENT -> {
            }
            case WEAK -> await(entry.store.put(TENANT, REGION, KEY,
                    value("one").withHead("200\nX: y\nETag:W/\"e-one\"", 0, 0).withVariant(variant)));
            case NOTHING -> await(entry.store.put(TENANT, REGION, KEY,
                    NewEntry.of(PreparedBody.nothing(), "").withLifetime(1000, 0, 0).withVariant(variant)));
            default -> await(entry.store.put(TENANT, REGION, KEY, value("one").withVariant(variant)));
        }
        switch (before) {
            case STALE -> entry.pass(1400);
            case ENDED_BUT_KEPT_FOR_ERRORS -> entry.pass(1500);
            case EXPIRED -> entry.pass(3001);
            case PURGED -> await(entry.store.purgeRegion(TENANT, REGION));
            case PURGED_BY_TAG -> await(entry.store.purgeTag(TENANT, REGION, "tag"));
            default -> {
            }
        }
    }

    private StoreCode put(Preconditions conditions) {
        return await(
                entry.store.put(TENANT, REGION, KEY, value("two").withConditions(conditions).withVariant(variant)));
    }

    private static NewEntry value(String text) {
        return NewEntry.of(new PreparedBody(BodyCoding.IDENTITY, "e-" + text, text.getBytes(StandardCharsets.UTF_8)),
                "text/plain").withLifetime(1000, 500, 2000).withTags(List.of("tag"));
    }

    @Test
    void aVoidLeaseComesFirstAndAValidOneStays() {
        entry.put("", "one");
        entry.pass(1000);
        assertEquals(EntryState.LEASED, entry.lease("t"));
        NewEntry refused = value("two").withConditions(new Preconditions("", "*"));
        assertEquals(StoreCode.VOID, await(entry.store.put(TENANT, REGION, KEY, refused.withLease("other"))));
        assertEquals(StoreCode.UNMET, await(entry.store.put(TENANT, REGION, KEY, refused.withLease("t"))));
        assertEquals(StoreCode.DONE, entry.put("t", "two"));
    }

    @Test
    void aLeaseIsGivenBackAndTheEntryStays() {
        entry.put("", "one");
        entry.pass(1500);
        assertEquals(EntryState.LEASED, entry.lease("t1"));
        assertTrue(entry.get("t2", 5000, false).stale());
        assertFalse(await(entry.store.release(TENANT, REGION, KEY, "", "t2", Release.SILENT)));
        assertEquals(EntryState.BUSY, entry.lease("t2"));
        assertTrue(await(entry.store.release(TENANT, REGION, KEY, "", "t1", Release.SILENT)));
        assertFalse(await(entry.store.release(TENANT, REGION, KEY, "", "t1", Release.SILENT)), "once");
        assertEquals("one", entry.get("", 0, true).body().toString());
        assertEquals(StoreCode.VOID, entry.put("t1", "two"));
        assertEquals(EntryState.LEASED, entry.lease("t2"));
    }

    @Test
    void afterTheClockWasSetBackALeaseAndAPauseEndNoLaterThanAnyMay() {
        assertEquals(EntryState.LEASED, entry.get("t1", 60_000, false).state());
        assertEquals(EntryState.BUSY, entry.lease("t2"), "the longest lease");
        entry.pass(-1);
        assertEquals(EntryState.LEASED, entry.lease("t2"));
        assertEquals(StoreCode.VOID, entry.put("t1", "one"));
        assertEquals(EntryState.BUSY, entry.lease("t3"));
        for (Release reason : List.of(Release.failed(0, 60_000), Release.pass(60_000, false),
                Release.failed(429, 3_600_000))) {
            entry.pass(5001);
            assertEquals(EntryState.LEASED, entry.lease("t4"));
            entry.release("t4", reason);
            assertEquals(reason.pass() ? EntryState.PASS : EntryState.FAILED, entry.lease("t5"));
            entry.pass(-1);
            assertEquals(EntryState.LEASED, entry.lease("t5"), reason.toString());
        }
    }

    @Test
    void afterTheClockWasSetBackAnEntryCountsAsStoredNow() {
        entry.put("", "one");
        entry.pass(-1);
        assertEquals(entry.redis.ms(), entry.get().stored(), "by 1 ms only");
        entry.pass(-3_600_000);
        Lookup found = entry.get();
        long now = entry.redis.ms();
        assertEquals(List.of(now, now, now + 1000), List.of(found.ms(), found.stored(), found.fresh()));
        entry.pass(999);
        assertEquals(EntryState.FRESH, entry.get().state());
        entry.pass(1);
        assertEquals(EntryState.STALE, entry.get().state());
        entry.pass(2000);
        assertEquals(EntryState.MISSING, entry.get("", 0, true).state());
    }
}
