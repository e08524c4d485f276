package dev.millrace.cache;

import static dev.millrace.cache.CacheScripts.VERSIONS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.millrace.redis.VirtualRedis;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Guarantees of the scripts behind the cache, for any history: they answer what the model answers; what was deleted, purged or
 * hidden by the loss of the record of purges never comes back, nor what has ended; a void lease never stores; where few purges
 * are remembered, more is hidden, and never less; and every key expires.
 */
class CacheScriptsTest {

    private static final int ALL = 10_000;
    private static final int FEW = 10;
    private static final double[] LUCK = {1, 1, 0.5, 1e-9};

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final Map<String, Entry> written = new HashMap<>();
    private final Set<String> gone = new HashSet<>();
    private final Map<String, List<String>> tokens = new HashMap<>();
    private CacheScripts scripts;
    private CacheModel model;
    private int tokensGiven;

    @BeforeTry
    void forgetAll() {
        VirtualRedis.fresh();
        scripts = new CacheScripts(redis, ALL);
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
            take(step, false);
        });
        assertEquals(List.of(), redis.immortal());
    }

    @Property
    void hideMoreAndNeverLessWhereFewPurgesAreRemembered(@ForAll("histories") List<Step> history) {
        scripts = new CacheScripts(redis, FEW);
        history.forEach(step -> {
            pass(step);
            forgetWhatIsHiddenBesides(name(step.entry()));
            take(step, true);
            assertTrue((Long) redis.call("ZCARD", VERSIONS) <= FEW, "a bound");
        });
        assertEquals(List.of(), redis.immortal());
    }

    private void pass(Step step) {
        long now = scripts.now();
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

    private static List<String> tags(int n) {
        return List.of(List.<String>of(), List.of("x"), List.of("y"), List.of("x", "y")).get(n % 4);
    }

    private void take(Step step, boolean mayHideMore) {
        String region = region(step.entry());
        String name = name(step.entry());
        switch (step.action()) {
            case PUT -> put(step, region, name, "", false);
            case FILL -> put(step, region, name, token(name, step.n()), mayHideMore);
            case GET -> get(region, name, "", 0, 1, false);
            case GET_ON_ERROR -> get(region, name, "", 0, 1, true);
            case LEASE -> {
                String token = "t" + tokensGiven++;
                get(region, name, token, 1 + step.fresh() % 10_000, LUCK[step.n() % 4], step.n() > 5);
                tokens.computeIfAbsent(name, n -> new ArrayList<>()).add(token);
            }
            case DELETE -> {
                scripts.delete(name);
                model.delete(name);
                bury(name::equals, entry -> true);
            }
            case PURGE_TAG -> purge(region, step.n() % 2 == 0 ? "x" : "y");
            case PURGE_OTHER_TAGS -> {
                for (int i = 0; i <= step.n(); i++) {
                    purge(region, "other" + i);
                }
            }
            case PURGE_REGION -> {
                scripts.purge(region);
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
                redis.lose(CacheScripts.entry(name));
                model.lose(name);
                bury(name::equals, entry -> true);
            }
        }
    }

    private void purge(String region, String tag) {
        scripts.purge(region, tag);
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
        long now = scripts.now();
        String value = "v" + written.size();
        long fresh = now + step.fresh();
        Entry entry = new Entry(region, tags(step.n()), value, now, fresh, fresh + step.stale(), fresh + step.error(),
                0);
        boolean stored = scripts.put(region, name, token, entry.tags(), value, step.fresh(), step.stale(),
                step.error());
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

    private void get(String region, String name, String token, long leaseMs, double luck, boolean onError) {
        long now = scripts.now();
        Answer answer = model.get(now, name, token, leaseMs, luck, onError);
        List<Object> expected = new ArrayList<>(List.of(answer.what(), answer.ms()));
        Entry entry = answer.entry();
        if (entry != null) {
            expected.addAll(List.of(entry.stored(), entry.fresh(), "text/plain", "", "tag-" + entry.value(),
                    entry.value()));
        }
        List<?> reply = scripts.get(region, name, token, leaseMs, luck, onError);
        requireNothingCameBack(now, name, reply);
        // With a lease comes what the origin called the entry; here there is none.
        assertEquals(expected, reply.size() == 3 ? reply.subList(0, 2) : reply);
    }

    /** Asks the scripts alone, in case the model errs as they do. */
    private void requireNothingCameBack(long now, String name, List<?> reply) {
        if (reply.size() > 3) {
            String found = name + ' ' + reply.get(7);
            assertFalse(gone.contains(found), () -> found + " was hidden before");
            assertTrue(now < Math.max(written.get(found).stale(), written.get(found).error()), "after its end");
        }
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
        if (entry != null && scripts.now() < Math.max(entry.stale(), entry.error())
                && scripts.get(entry.region(), name, "", 0, 1, true).get(0).equals(0L)) {
            model.lose(name);
        }
    }

    @Example
    void fewRememberedPurgesDoHideMore() {
        scripts = new CacheScripts(redis, FEW);
        scripts.put("a", "a/0", "", List.of(), "v0", 5000, 0, 0);
        for (int i = 0; i < FEW - 2; i++) {
            scripts.purge("a", "other" + i);
            assertEquals(8, scripts.get("a", "a/0", "", 0, 1, false).size());
        }
        scripts.purge("a", "one too many");
        assertEquals(0L, scripts.get("a", "a/0", "", 0, 1, false).get(0));
    }

    @Example
    void aForgottenPurgeVoidsALeaseAllTheSame() {
        scripts = new CacheScripts(redis, FEW);
        scripts.get("a", "a/0", "t0", 60_000, 1, false);
        scripts.purge("a", "x");
        for (int i = 0; i < FEW; i++) {
            scripts.purge("a", "other" + i);
        }
        assertNull(redis.call("ZSCORE", VERSIONS, "t:a:x"));
        assertFalse(scripts.put("a", "a/0", "t0", List.of("x"), "v0", 5000, 0, 0));
    }

    @Example
    void refreshesEarlyOnlyWithLuckAndByTheCost() {
        scripts.get("a", "a/0", "t0", 60_000, 1, false);
        redis.advance(1_000_000);
        assertTrue(scripts.put("a", "a/0", "t0", List.of(), "v0", 10_000, 0, 0));
        for (int i = 0; i < 9999; i += 101) {
            assertEquals(1L, scripts.get("a", "a/0", "t1", 60_000, 1, false).get(0), "luck 1 never does");
            assertEquals(1L, scripts.get("a", "a/0", "", 60_000, 1e-9, false).get(0), "nor one who asks for no lease");
            redis.advance(101_000);
        }
        assertTrue(scripts.put("a", "a/1", "", List.of(), "v1", 10_000, 0, 0));
        assertEquals(1L, scripts.get("a", "a/1", "t2", 60_000, 1e-9, false).get(0), "nor where it costs nothing");
        redis.advance(1000);
        scripts.get("a", "a/0", "t3", 60_000, 1, false);
        redis.advance(1_000_000);
        assertTrue(scripts.put("a", "a/0", "t3", List.of(), "v2", 10_000, 0, 0));
        // It took 1 s; e^-9 asks for 9 s more than have passed, e^-11 for 11 s.
        assertEquals(1L, scripts.get("a", "a/0", "t4", 60_000, Math.exp(-9), false).get(0));
        assertEquals(List.of(4L, 60_000L, ""), scripts.get("a", "a/0", "t5", 60_000, Math.exp(-11), false));
        List<?> another = scripts.get("a", "a/0", "t6", 60_000, Math.exp(-11), false);
        assertEquals(List.of(1L, "v2"), List.of(another.get(0), another.get(7)), "one of them");
    }
}
