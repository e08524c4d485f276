package dev.millrace.session;

import static dev.millrace.redis.VirtualRedis.await;
import static dev.millrace.user.VirtualUser.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import dev.millrace.redis.VirtualRedis;
import dev.millrace.user.CountedRandom;
import dev.millrace.user.RecordKind;
import dev.millrace.user.StoredRecord;
import dev.millrace.user.VirtualUser;

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
    private final SessionStore store = new SessionStore(redis);
    private final VirtualUser user = new VirtualUser(redis, RecordKind.SESSION);
    private final CountedRandom random = new CountedRandom();
    private SessionToken one;

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
        one = create(idle, absolute);
        long ends = redis.ms() + Math.min(idle, absolute);
        redis.advance(ends * 1000 - 1 - redis.now());
        assertNotNull(current(false));
        assertEquals(one.id(), user.list(1, null, 1).records().get(0).id());
        assertEquals(0, user.expire(1));
        redis.advance(1);
        Object kept = user.hash();
        requireDead(-2L, -2L);
        assertEquals(kept, user.hash(), "nothing writes to a dead session");
        assertEquals(1, user.expire(1));
        requireDead(-1L, 0L);
        List<List<?>> events = user.events();
        assertEquals(List.of("type", "session.expired", "id", one.id(), "user", VirtualUser.NAME),
                events.get(events.size() - 1));
    }

    /** What revoking all answers depends on whether the end was told yet. */
    private void requireDead(long allBut, long all) {
        assertNull(current(false));
        assertNull(current(true));
        assertEquals(RotateCode.INVALID,
                await(store.rotate(TENANT, one, one.successor(random.salt()), "salt", 1000, true)).code());
        assertEquals(PatchCode.INVALID, await(store.patch(TENANT, one, "{\"a\":1}", null, 100)).patched());
        assertFalse(user.remove(one.id(), one.digest(), "logout"));
        assertFalse(user.remove(one.id(), null, "revoked"));
        assertEquals(allBut, user.removeAll(one.id()));
        assertEquals(all, user.removeAll(null));
        assertEquals(List.of(), user.list(10, null, 1000).records());
    }

    @Property
    void aUseIsNotedOnceInATenthOfIdleOrHalfAMinute(@ForAll("lives") long idle,
            @ForAll List<@LongRange(max = 40_000) Long> pauses) {
        long absolute = redis.ms() + 400 * DAY;
        one = create(idle, 400 * DAY);
        long noted = redis.ms();
        double rest = Math.min(30_000, idle / 10.0);
        for (long pause : pauses) {
            redis.advance(pause * 1000);
            if (redis.ms() >= noted + idle) {
                assertNull(current(true));
                return;
            }
            long seen = current(true).state().seen();
            assertTrue(seen == noted || seen == redis.ms() && seen - noted >= rest, seen + " after " + noted);
            assertTrue(redis.ms() - seen < rest, () -> "not noted: " + (redis.ms() - seen));
            assertEquals(Long.toString(Math.min(seen + idle, absolute)),
                    user.index().get(1));
            noted = seen;
        }
    }

    @Property
    void noUseMovesTheAbsoluteEnd(@ForAll @LongRange(min = 1, max = 99) long pause) {
        one = create(100, 1000);
        long absolute = redis.ms() + 1000;
        while (redis.ms() + pause < absolute) {
            redis.advance(pause * 1000);
            assertNotNull(current(true));
            assertEquals(PatchCode.DONE, await(store.patch(TENANT, one, "{}", null, 100)).patched());
        }
        redis.advance(absolute * 1000 - redis.now());
        requireDead(-2L, -2L);
    }

    @Example
    void aDayAfterTheLastEndRedisDropsWhatNobodySwept() {
        create(1000, 5 * DAY);
        SessionToken two = create(1000, DAY);
        assertEquals(1, user.removeAll(two.id()));
        create(1000, DAY / 2);
        // As long as the longest that there ever was: no sweep has told since that it went.
        redis.advance(6 * DAY * 1000);
        assertEquals(List.of(), user.list(1, null, 1000).records());
        assertEquals(VirtualUser.NAME, user.hash().get("user"));
        assertTrue(user.isDue());
        assertEquals(List.of(), redis.immortal());
        redis.advance(1000);
        assertEquals(List.of(), user.list(1, null, 1000).records());
        user.isDue();
        assertTrue(user.isGone());
    }

    private SessionToken create(long idle, long absolute) {
        SessionToken token = SessionToken.random(user.key(), random);
        assertNotNull(user.add(token.id(), token.digest(), NEW, "", "0", idle, absolute, 10, false));
        return token;
    }

    private StoredRecord current(boolean touch) {
        return await(store.current(TENANT, one, touch)).session();
    }
}
