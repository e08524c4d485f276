package dev.millrace.cache;

import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import dev.millrace.cache.CacheHistories.Step;
import dev.millrace.cache.model.CacheModel;
import dev.millrace.cache.model.CacheModel.Answer;
import dev.millrace.cache.model.CacheModel.Entry;
import dev.millrace.redis.Keys;
import dev.millrace.redis.VirtualRedis;
import dev.millrace.redis.VirtualRedis.Refusal;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Guarantees of the store behind the cache, for any history: it answers what the model answers; what was deleted, purged or
 * hidden by the loss of the record of purges never comes back, nor what has ended; a void lease never stores; where few purges
 * are remembered, more is hidden, and never less; every key expires; and what Redis refuses to write changes nothing.
 */
class CacheScriptsTest {

    private static final String TENANT = "main";
    private static final String VERSIONS = Keys.cacheVersions(TENANT, 0);
    private static final int ALL = 10_000;
    private static final int FEW = 10;
    private static final double[] LUCK = {1, 1, 0.5, 1e-9};

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final Map<String, Entry> written = new HashMap<>();
    private final Set<String> gone = new HashSet<>();
    private final Map<String, List<String>> tokens = new HashMap<>();
    private CacheStore store;
    private CacheModel model;
    private int tokensGiven;

    @BeforeTry
    void forgetAll() {
        VirtualRedis.fresh();
        store = store(ALL);
        model = new CacheModel();
        written.clear();
        gone.clear();
        tokens.clear();
        tokensGiven = 0;
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        return CacheHistories.histories();
    }

    @Property
    void answerAsTheModelDoes(@ForAll("histories") List<Step> history) {
        history.forEach(step -> {
            pass(step);
            redis.take(step.refusal(), () -> take(step, false));
        });
        assertEquals(List.of(), redis.immortal());
    }

    @Property
    void hideMoreAndNeverLessWhereFewPurgesAreRemembered(@ForAll("histories") List<Step> history) {
        store = store(FEW);
        history.forEach(step -> {
            pass(step);
            forgetWhatIsHiddenBesides(name(step.entry()));
            redis.take(step.refusal(), () -> take(step, true));
            assertTrue((Long) redis.call("ZCARD", VERSIONS) <= FEW, "a bound");
        });
        assertEquals(List.of(), redis.immortal());
    }

    private void pass(Step step) {
        long now = redis.ms();
        List<Long> ends = model.ends(now);
        long end = ends.isEmpty() ? now + 1 : ends.get(Math.min(step.n(), ends.size() - 1));
        switch (step.passing()) {
            case SOME -> redis.advance(step.micros());
            case UNTIL_JUST_BEFORE_AN_END -> redis.advance(end * 1000 - 1 - redis.now());
            default -> redis.advance(end * 1000 - redis.now());
        }
    }

    private static String region(int entry) {
        return entry < 2 ? "a" : "b";
    }

    private static String name(int entry) {
        return region(entry) + '/' + entry;
    }

    /** Which remembers the purges of so many regions and tags, less two. */
    private CacheStore store(int mostPurges) {
        return new CacheStore(redis.dataSource(), () -> false, redis, mostPurges);
    }

    private static List<String> tags(int n) {
        return List.of(List.<String>of(), List.of("x"), List.of("y"), List.of("x", "y")).get(n % 4);
    }

    private void take(Step step, boolean mayHideMore) {
        String region = region(step.entry());
        String name = name(step.entry());
        switch (step.action()) {
            case PUT -> put(step, region, name, "", false);
            case FILL -> put(step, region, name, token(name, step.n()), mayHideMore);
            case GET -> get(step, "", 0, 1, false);
            case GET_ON_ERROR -> get(step, "", 0, 1, true);
            case LEASE -> {
                String token = "t" + tokensGiven++;
                get(step, token, 1 + step.fresh() % 10_000, LUCK[step.n() % 4], step.n() > 5);
                tokens.computeIfAbsent(name, n -> new ArrayList<>()).add(token);
            }
            case DELETE -> {
                await(store.delete(TENANT, region, key(name), Preconditions.NONE, ""));
                sameKey(name).forEach(model::delete);
                bury(sameKey(name)::contains, entry -> true);
            }
            case PURGE_TAG -> purge(region, step.n() % 2 == 0 ? "x" : "y");
            case PURGE_OTHER_TAGS -> {
                for (int i = 0; i <= step.n(); i++) {
                    purge(region, "other" + i);
                }
            }
            case PURGE_REGION -> {
                await(store.purgeRegion(TENANT, region));
                model.purge(region, null);
                bury(other -> other.startsWith(region), entry -> true);
            }
            case LOSE_VERSIONS -> {
                redis.lose(VERSIONS);
                model.purgeAll();
                bury(any -> true, entry -> true);
                // No two records of one partition begin in the same microsecond.
                redis.advance(1);
            }
            default -> {
                redis.lose(Keys.cacheEntry(TENANT, 1, region, key(name)).get(0));
                sameKey(name).forEach(model::lose);
                bury(sameKey(name)::contains, entry -> true);
            }
        }
    }

    private void purge(String region, String tag) {
        await(store.purgeTag(TENANT, region, tag));
        model.purge(region, tag);
        bury(name -> name.startsWith(region), entry -> entry.tags().contains(tag));
    }

    /** Mostly the latest lease of that entry, else an older one, or one that nobody gave. */
    private String token(String name, int n) {
        List<String> given = tokens.getOrDefault(name, List.of());
        int back = n == 0 ? 2 : n == 1 ? 3 : 1;
        return given.size() < back ? "nobody's" : given.get(given.size() - back);
    }

    private void put(Step step, String region, String name, String token, boolean mayHideMore) {
        long now = redis.ms();
        String value = "v" + written.size();
        long fresh = now + step.fresh();
        Entry entry = new Entry(region, tags(step.n()), value, now, fresh, fresh + step.stale(), fresh + step.error(),
                0);
        boolean stored = put(region, name, token, entry.tags(), value, step.fresh(), step.stale(), step.error());
        if (mayHideMore && !stored) {
            // Whether the lease is gone by that is seen when another is asked for.
            Entry before = model.peek(name);
            if (model.put(now, name, token, entry)) {
                model.restore(name, before);
            }
            return;
        }
        assertEquals(model.put(now, name, token, entry), stored);
        if (stored) {
            bury(name::equals, other -> true);
            written.put(name + ' ' + value, entry);
        }
    }

    private boolean put(String region, String name, String token, List<String> tags, String value, long fresh,
            long stale,
            long error) {
        PreparedBody body = new PreparedBody(BodyCoding.IDENTITY, "tag-" + value,
                value.getBytes(StandardCharsets.UTF_8));
        NewEntry entry = NewEntry.of(body, "text/plain").withLifetime(fresh, stale, error).withTags(tags)
                .withLease(token).withVariant(variant(name));
        StoreCode stored = await(store.put(TENANT, region, key(name), entry));
        assertTrue(stored != StoreCode.NOTHING_TO_KEEP);
        return stored == StoreCode.DONE;
    }

    private void get(Step step, String token, long leaseMs, double luck, boolean onError) {
        long now = redis.ms();
        String region = region(step.entry());
        String name = name(step.entry());
        // Whatever cannot be written.
        Lookup lookup = assertDoesNotThrow(() -> lookUp(region, name, token, leaseMs, luck, onError));
        requireNothingCameBack(now, name, lookup);
        // A lease that cannot be written is not given, and what may be served is.
        boolean asked = step.refusal() == Refusal.NONE || lookup.state() == EntryState.LEASED
                || lookup.state() == EntryState.BUSY;
        Answer answer = model.get(now, name, asked ? token : "", leaseMs, luck, onError);
        List<Object> expected = new ArrayList<>(List.of(answer.what(), answer.ms()));
        Entry entry = answer.entry();
        if (entry != null) {
            expected.addAll(List.of(entry.stored(), entry.fresh(), "text/plain", BodyCoding.IDENTITY,
                    "tag-" + entry.value(), entry.value()));
        }
        assertEquals(expected, said(lookup));
    }

    private Lookup lookUp(String region, String name, String token, long leaseMs, double luck, boolean onError) {
        ReadOptions options = ReadOptions.PLAIN.withLease(leaseMs, 0).withOnError(onError)
                .withVariant(variant(name));
        return await(store.get(TENANT, region, key(name), new LookupParameters(options, token, luck)));
    }

    private static List<Object> said(Lookup lookup) {
        List<Object> said = new ArrayList<>(List.of((long) lookup.state().code(), lookup.ms()));
        if (lookup.isHit()) {
            said.addAll(List.of(lookup.stored(), lookup.fresh(), lookup.type(), lookup.coding(), lookup.etag(),
                    lookup.body().toString()));
        } else {
            // With a lease comes what the origin called the entry; here there is none.
            assertEquals("", lookup.origin());
        }
        return said;
    }

    /** Asks the store alone, in case the model errs as it does. */
    private void requireNothingCameBack(long now, String name, Lookup lookup) {
        if (lookup.isHit()) {
            String found = name + ' ' + lookup.body();
            assertFalse(gone.contains(found), () -> found + " was hidden before");
            assertTrue(now < Math.max(written.get(found).stale(), written.get(found).error()), "after its end");
        }
    }

    /** Within its region. The entries of region b are variants of one key. */
    private static String key(String name) {
        return name.startsWith("b") ? "k" : name.substring(2);
    }

    private static String variant(String name) {
        return name.startsWith("b") ? ":" + name.substring(2) : "";
    }

    private static List<String> sameKey(String name) {
        return name.startsWith("b") ? List.of("b/2", "b/3") : List.of(name);
    }

    private void bury(Predicate<String> name, Predicate<Entry> which) {
        written.forEach((key, entry) -> {
            if (name.test(key.substring(0, key.indexOf(' '))) && which.test(entry)) {
                gone.add(key);
            }
        });
    }

    private void forgetWhatIsHiddenBesides(String name) {
        Entry entry = model.peek(name);
        if (entry != null && redis.ms() < Math.max(entry.stale(), entry.error())
                && lookUp(entry.region(), name, "", 0, 1, true).state() == EntryState.MISSING) {
            model.lose(name);
        }
    }

    @Example
    void fewRememberedPurgesDoHideMore() {
        store = store(FEW);
        put("a", "a/0", "", List.of(), "v0", 5000, 0, 0);
        for (int i = 0; i < FEW - 2; i++) {
            await(store.purgeTag(TENANT, "a", "other" + i));
            assertTrue(lookUp("a", "a/0", "", 0, 1, false).isHit());
        }
        await(store.purgeTag(TENANT, "a", "one too many"));
        assertEquals(EntryState.MISSING, lookUp("a", "a/0", "", 0, 1, false).state());
    }

    @Example
    void aForgottenPurgeVoidsALeaseAllTheSame() {
        store = store(FEW);
        lookUp("a", "a/0", "t0", 60_000, 1, false);
        await(store.purgeTag(TENANT, "a", "x"));
        for (int i = 0; i < FEW; i++) {
            await(store.purgeTag(TENANT, "a", "other" + i));
        }
        assertNull(redis.call("ZSCORE", VERSIONS, "t:a:x"));
        assertFalse(put("a", "a/0", "t0", List.of("x"), "v0", 5000, 0, 0));
    }

    /** It could not be used, for what it would store is refused, too; and without a record of purges it would be void. */
    @Example
    void givesNoLeaseWhileMemoryIsFull() {
        redis.refuseNext(Refusal.MEMORY_FULL);
        assertEquals(EntryState.MISSING, lookUp("a", "a/0", "t0", 60_000, 1, false).state());
        assertEquals(EntryState.LEASED, lookUp("a", "a/0", "t1", 1000, 1, false).state());
        redis.advance(2_000_000);
        redis.refuseNext(Refusal.MEMORY_FULL);
        assertEquals(EntryState.MISSING, lookUp("a", "a/0", "t2", 60_000, 1, false).state());
    }

    @Example
    void servesWhatIsStaleWhileNothingCanBeWritten() {
        put("a", "a/0", "", List.of(), "v0", 1000, 5000, 0);
        redis.advance(2_000_000);
        for (Refusal refusal : List.of(Refusal.MEMORY_FULL, Refusal.READ_ONLY)) {
            redis.refuseNext(refusal);
            assertEquals(EntryState.STALE, lookUp("a", "a/0", "t0", 900_000, 1, false).state());
        }
    }

    @Example
    void refreshesEarlyOnlyWithLuckAndByTheCost() {
        lookUp("a", "a/0", "t0", 60_000, 1, false);
        redis.advance(1_000_000);
        assertTrue(put("a", "a/0", "t0", List.of(), "v0", 10_000, 0, 0));
        for (int i = 0; i < 9999; i += 101) {
            assertEquals(EntryState.FRESH, lookUp("a", "a/0", "t1", 60_000, 1, false).state(), "luck 1 never does");
            assertEquals(EntryState.FRESH, lookUp("a", "a/0", "", 60_000, 1e-9, false).state(),
                    "nor one who asks for no lease");
            redis.advance(101_000);
        }
        assertTrue(put("a", "a/1", "", List.of(), "v1", 10_000, 0, 0));
        assertEquals(EntryState.FRESH, lookUp("a", "a/1", "t2", 60_000, 1e-9, false).state(),
                "nor where it costs nothing");
        redis.advance(1000);
        lookUp("a", "a/0", "t3", 60_000, 1, false);
        redis.advance(1_000_000);
        assertTrue(put("a", "a/0", "t3", List.of(), "v2", 10_000, 0, 0));
        // It took 1 s; e^-9 asks for 9 s more than have passed, e^-11 for 11 s.
        assertEquals(EntryState.FRESH, lookUp("a", "a/0", "t4", 60_000, Math.exp(-9), false).state());
        assertEquals(List.of(4L, 60_000L), said(lookUp("a", "a/0", "t5", 60_000, Math.exp(-11), false)));
        Lookup another = lookUp("a", "a/0", "t6", 60_000, Math.exp(-11), false);
        assertEquals(List.of(EntryState.FRESH, "v2"), List.of(another.state(), another.body().toString()),
                "one of them");
    }
}
