package dev.millrace.session;

import static dev.millrace.session.SessionScripts.DUE;
import static dev.millrace.session.SessionScripts.INDEX;
import static dev.millrace.session.SessionScripts.RECORDS;
import static dev.millrace.session.SessionScripts.USER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import dev.millrace.redis.VirtualRedis;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Guarantees of a session's end: it is alive before that ms and dead from it on, for every script; uses are noted rarely,
 * but never so late that it matters, and do not move the absolute end; and Redis drops by itself what nobody sweeps.
 */
class SessionDeadlinesTest {

    private static final long DAY = 86_400_000;
    private static final String NEW = "{\"device\":1}";

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final SessionScripts scripts = new SessionScripts(redis);

    @BeforeTry
    void forgetAll() {
        VirtualRedis.fresh();
    }

    @Provide
    Arbitrary<Long> lives() {
        return Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.of(1L, 2L, 999L, 1000L, 34_560_000_000L)),
                Tuple.of(1, Arbitraries.longs().between(1, 10_000)));
    }

    @Property
    void isAliveUntilThatMsAndDeadFromItOn(@ForAll("lives") long idle, @ForAll("lives") long absolute,
            @ForAll @LongRange(max = 999) long micros) {
        redis.advance(micros);
        create("one", idle, absolute);
        long ends = scripts.now() + Math.min(idle, absolute);
        redis.advance(ends * 1000 - 1 - redis.now());
        assertNotNull(scripts.current("one", "secret", false));
        assertEquals("one", scripts.list(1, "", 1).get(2));
        assertEquals(0L, scripts.expire(1));
        redis.advance(1);
        Object kept = redis.call("HGETALL", RECORDS);
        requireDead(-2L, -2L);
        assertEquals(kept, redis.call("HGETALL", RECORDS), "nothing writes to a dead session");
        assertEquals(1L, scripts.expire(1));
        requireDead(-1L, 0L);
        List<List<?>> events = scripts.events();
        assertEquals(List.of("type", "session.expired", "id", "one", "user", USER), events.get(events.size() - 1));
    }

    /** What revoking all answers depends on whether the end was told yet. */
    private void requireDead(long allBut, long all) {
        assertNull(scripts.current("one", "secret", false));
        assertNull(scripts.current("one", "secret", true));
        assertNull(scripts.rotate("one", "secret", "another", true));
        assertEquals(List.of(0L), scripts.patch("one", "secret", "{\"a\":1}", List.of(), 100));
        assertEquals(0L, scripts.remove("one", "secret", "logout"));
        assertEquals(0L, scripts.remove("one", "", "revoked"));
        assertEquals(allBut, scripts.removeAll("one"));
        assertEquals(all, scripts.removeAll(""));
        assertEquals(2, scripts.list(10, "", 1000).size());
    }

    @Property
    void aUseIsNotedOnceInATenthOfIdleOrHalfAMinute(@ForAll("lives") long idle,
            @ForAll List<@LongRange(max = 40_000) Long> pauses) {
        long absolute = scripts.now() + 400 * DAY;
        create("one", idle, 400 * DAY);
        long noted = scripts.now();
        double rest = Math.min(30_000, idle / 10.0);
        for (long pause : pauses) {
            redis.advance(pause * 1000);
            if (scripts.now() >= noted + idle) {
                assertNull(scripts.current("one", "secret", true));
                return;
            }
            long seen = seen((List<?>) scripts.current("one", "secret", true));
            assertTrue(seen == noted || seen == scripts.now() && seen - noted >= rest, seen + " after " + noted);
            assertTrue(scripts.now() - seen < rest, () -> "not noted: " + (scripts.now() - seen));
            assertEquals(Long.toString(Math.min(seen + idle, absolute)),
                    ((List<?>) redis.call("ZRANGE", INDEX, 0, 0, "WITHSCORES")).get(1));
            noted = seen;
        }
    }

    @Property
    void noUseMovesTheAbsoluteEnd(@ForAll @LongRange(min = 1, max = 99) long pause) {
        create("one", 100, 1000);
        long absolute = scripts.now() + 1000;
        while (scripts.now() + pause < absolute) {
            redis.advance(pause * 1000);
            assertNotNull(scripts.current("one", "secret", true));
            assertEquals(1L, ((List<?>) scripts.patch("one", "secret", "{}", List.of(), 100)).get(0));
        }
        redis.advance(absolute * 1000 - redis.now());
        requireDead(-2L, -2L);
    }

    @Example
    void aDayAfterTheLastEndRedisDropsWhatNobodySwept() {
        create("one", 1000, 5 * DAY);
        create("two", 1000, DAY);
        assertEquals(1L, scripts.removeAll("two"));
        create("three", 1000, DAY / 2);
        // As long as the longest that there ever was: no sweep has told since that it went.
        redis.advance(6 * DAY * 1000);
        assertEquals(List.of(USER, ""), scripts.list(1, "", 1000));
        assertEquals(List.of(SessionScripts.OWNER), scripts.due());
        assertEquals(List.of(), redis.immortal());
        redis.advance(1000);
        assertEquals(List.of("", ""), scripts.list(1, "", 1000));
        scripts.due();
        assertEquals(0L, redis.call("EXISTS", RECORDS, INDEX, DUE));
    }

    private void create(String id, long idle, long absolute) {
        assertEquals(1L, ((List<?>) scripts.create(id, "secret", NEW, "0", idle, absolute, 10, false)).get(0));
    }

    private static long seen(List<?> reply) {
        return Long.parseLong(((String) reply.get(1)).split(" ")[3]);
    }
}
