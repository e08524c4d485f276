package dev.millrace.ratelimit;

import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.millrace.ratelimit.Histories.History;
import dev.millrace.ratelimit.Histories.Step;
import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.Limit;
import dev.millrace.redis.VirtualRedis;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * What happens when Redis' clock is set, as by NTP or a failover to a server that is behind: no limit denies longer than it would if all
 * it has counted had been counted now, and what it says about the future holds.
 */
class ClockStepsTest {

    private static final long SECOND = 1_000_000;
    private static final long HOUR = 3600 * SECOND;

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final CheckScript script = new CheckScript(redis);

    /** Time passes as in any history; a step with a cost of 2 sets the clock, back as often as forward. */
    @Provide
    Arbitrary<History> histories() {
        return Histories.limits().flatMap(limit -> Histories.steps(limit).flatMap(steps -> Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.longs().between(-2 * limit.window(), 2 * limit.window())),
                Tuple.of(1, Arbitraries.of(-HOUR, HOUR, -1L, -1000L, -limit.window(), limit.window()))).list()
                .ofSize(steps.size()).map(sets -> {
                    List<Step> all = new java.util.ArrayList<>();
                    for (int i = 0; i < sets.size(); i++) {
                        all.add(i % 4 == 3 ? new Step(sets.get(i), 0) : steps.get(i));
                    }
                    return new History(limit, all);
                })));
    }

    @Property
    void neverDeniesForLongerThanAPeriod(@ForAll("histories") History history) {
        Limit limit = history.limit();
        VirtualRedis.fresh();
        for (Step step : history.steps()) {
            redis.advance(step.advance());
            Answer answer = script.decide(limit, step.cost());
            assertTrue(answer.reset() <= limit.period(), () -> answer + " of " + limit);
            assertTrue(answer.retryAfter() <= Math.max(limit.window(), limit.period()), answer::toString);
            assertEquals(List.of(), redis.immortal());
        }
        long asked = history.steps().get(0).cost();
        Answer last = script.decide(limit, 0);
        if (!last.admitted()) {
            redis.advance(last.retryAfter());
            assertTrue(script.decide(limit, 1).admitted(), "in time, asked " + asked);
        }
        redis.advance(script.decide(limit, 0).reset());
        assertEquals(limit.capacity(), script.decide(limit, 0).remaining());
    }

    @Test
    void whatWasCountedIsStillCountedWhenTheClockIsSetBack() {
        for (String algorithm : Histories.ALGORITHMS) {
            VirtualRedis.fresh();
            Limit limit = Limit.of(algorithm, 10, 60_000).named(algorithm);
            assertEquals(4, script.decide(limit, 6).remaining());
            redis.advance(-HOUR);
            Answer seen = script.decide(limit, 0);
            assertEquals(4, seen.remaining(), algorithm);
            assertTrue(seen.reset() <= limit.period(), algorithm);
            assertTrue(script.decide(limit, 4).admitted(), algorithm);
            Answer denied = script.decide(limit, 1);
            assertFalse(denied.admitted(), algorithm);
            redis.advance(denied.retryAfter() - 1);
            assertFalse(script.decide(limit, 1).admitted(), algorithm);
            redis.advance(1);
            assertTrue(script.decide(limit, 1).admitted(), algorithm);
        }
    }

    @Test
    void aWindowAheadOfTheClockCountsAsThisOne() {
        Limit limit = Limit.of("sliding-window-counter", 10, 1000);
        redis.advance(SECOND - redis.now() % SECOND + SECOND / 2);
        script.decide(limit, 4);
        redis.advance(SECOND / 2);
        script.decide(limit, 3);
        redis.advance(-SECOND / 4);
        assertEquals(3, script.decide(limit, 0).remaining(), "both are of this window");
        redis.advance(SECOND / 4);
        assertEquals(3, script.decide(limit, 0).remaining(), "of the window before");
        redis.advance(SECOND / 2);
        assertEquals(6, script.decide(limit, 0).remaining(), "half of it");
    }

    @Test
    void aLogOfManyKeepsThem() {
        Limit limit = Limit.of("sliding-window", 5000, 1000);
        script.decide(limit, 1500);
        redis.advance(SECOND / 2);
        script.decide(limit, 2600);
        redis.advance(-SECOND / 4);
        assertEquals(new Answer(true, 900, SECOND, 0), script.decide(limit, 0));
        redis.advance(3 * SECOND / 4);
        assertEquals(new Answer(true, 2400, SECOND / 4, 0), script.decide(limit, 0));
        redis.advance(SECOND / 4);
        assertEquals(new Answer(true, 5000, 0, 0), script.decide(limit, 0));
    }

    @Test
    void aPenaltyLastsNoLongerThanOne() {
        Limit limit = Limit.of("fixed-window", 1, 1000).withPenalty(5000);
        script.decide(limit, 1);
        script.decide(limit, 1);
        redis.advance(-HOUR);
        assertEquals(5 * SECOND, script.decide(limit, 0).retryAfter());
        redis.advance(5 * SECOND - 1);
        assertEquals(1, script.decide(limit, 1).retryAfter());
        redis.advance(1);
        assertTrue(script.decide(limit, 1).admitted());
    }

    @Test
    void aLeaseLastsNoLongerThanTheLongest() {
        LeaseStore leases = new LeaseStore(redis.dataSource(), redis);
        Policy one = Policy.of("exports", Algorithm.CONCURRENCY, 1, 30_000);
        await(leases.acquire("main", one, "u", 30_000, "a"));
        redis.advance(-HOUR);
        assertEquals(new LeaseAcquisition(false, 0, 30_000, 30_000, redis.ms()),
                await(leases.acquire("main", one, "u", 30_000, "b")));
        redis.advance(30 * SECOND - 1000);
        assertFalse(await(leases.acquire("main", one, "u", 30_000, "b")).acquired());
        redis.advance(1000);
        assertTrue(await(leases.acquire("main", one, "u", 30_000, "b")).acquired());
        redis.advance(-HOUR);
        assertTrue(await(leases.renew("main", one, "u", 1000, "b")).held());
        redis.advance(SECOND);
        assertEquals(List.of(), redis.immortal());
        assertTrue(await(leases.acquire("main", one, "u", 30_000, "c")).acquired());
    }
}
