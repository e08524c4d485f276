package dev.millrace.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import dev.millrace.ratelimit.Histories.Step;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/**
 * Guarantees of the limiter that stands in for Redis: it admits a replica's share and never more, says truly when to come
 * back, keeps tenants and identifiers apart, and remembers only so many.
 */
class LocalLimiterTest {

    private static final long MS = 1_000_000;

    @Example
    void admitsTheShareOfOneReplica() {
        LocalLimiter limiter = new LocalLimiter(4);
        for (int left = 4; left >= 0; left--) {
            Decision decision = decide(limiter, policy(20, 60_000), "u", 1, 0);
            assertTrue(decision.allowed());
            assertTrue(decision.degraded());
            assertEquals(left, decision.remaining());
        }
        Decision denied = decide(limiter, policy(20, 60_000), "u", 1, 0);
        assertFalse(denied.allowed());
        assertEquals(12_000, denied.retryAfterMs());
        assertTrue(decide(limiter, policy(20, 60_000), "somebody else", 1, 0).allowed());
        assertTrue(limiter.decide("other", new Check(policy(20, 60_000), "u", 1), 0).allowed());
    }

    @Example
    void admitsAtLeastOneHoweverManyReplicasThereAre() {
        LocalLimiter limiter = new LocalLimiter(100);
        assertTrue(decide(limiter, policy(5, 1000), "u", 1, 0).allowed());
        assertFalse(decide(limiter, policy(5, 1000), "u", 1, 0).allowed());
        assertTrue(decide(limiter, policy(5, 1000), "u", 1, 1000 * MS).allowed());
    }

    @Example
    void aLookAndADenialConsumeNothing() {
        LocalLimiter limiter = new LocalLimiter(1);
        assertEquals(3, decide(limiter, policy(3, 1000), "u", 0, 0).remaining());
        assertFalse(decide(limiter, policy(3, 1000), "u", 4, 0).allowed());
        assertEquals(0, decide(limiter, policy(3, 1000), "u", 3, 0).remaining());
        assertFalse(decide(limiter, policy(3, 1000), "u", 0, 0).allowed());
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(Arbitraries.longs().between(0, 700 * MS), Arbitraries.longs().between(1, 12))
                .as(Step::new).list().ofMaxSize(60);
    }

    @Property
    void admitsInAnyWindowAtMostTheBurstAndTheRefill(@ForAll("steps") List<Step> steps,
            @ForAll @LongRange(min = 1, max = 20) long limit, @ForAll @IntRange(min = 1, max = 5) int replicas) {
        LocalLimiter limiter = new LocalLimiter(replicas);
        double share = Math.max(1, (double) limit / replicas);
        long now = 0;
        long admitted = 0;
        for (Step step : steps) {
            now += step.advance();
            Decision decision = decide(limiter, policy(limit, 1000), "u", step.cost(), now);
            admitted += decision.allowed() ? step.cost() : 0;
            assertTrue(admitted <= share + share * now / (1000 * MS) + 1e-6, admitted + " after " + now + " ns");
        }
    }

    @Property
    void retryAfterIsTrue(@ForAll("steps") List<Step> steps, @ForAll @LongRange(min = 1, max = 20) long limit,
            @ForAll @LongRange(min = 1, max = 3_600_000) long windowMs,
            @ForAll @IntRange(min = 1, max = 5) int replicas) {
        LocalLimiter limiter = new LocalLimiter(replicas);
        long capacity = Math.max(1, limit / replicas);
        long now = 0;
        for (Step step : steps) {
            now += step.advance();
            Decision decision = decide(limiter, policy(limit, windowMs), "u", step.cost(), now);
            if (!decision.allowed() && step.cost() <= capacity) {
                now += decision.retryAfterMs() * MS;
                assertTrue(decide(limiter, policy(limit, windowMs), "u", step.cost(), now).allowed(),
                        "after " + decision.retryAfterMs() + " ms");
            }
        }
    }

    @Example
    void aChangedLimitKeepsTheTokensAndRefillsAtItsPace() {
        LocalLimiter limiter = new LocalLimiter(1);
        Policy fast = policy(1000, 5000);
        Policy slow = policy(1, 5000).withBurst(1000);
        assertEquals(0, decide(limiter, fast, "u", 1000, 0).remaining());
        Decision lowered = decide(limiter, slow, "u", 0, 0);
        assertEquals(5000, lowered.retryAfterMs());
        assertEquals(5_000_000, lowered.resetMs());
        assertEquals(1, decide(limiter, slow, "u", 0, 5500 * MS).remaining());
        assertEquals(10, decide(limiter, policy(10, 5000), "u", 0, 60_000 * MS).remaining());
        assertEquals(3, decide(limiter, policy(3, 5000), "u", 0, 60_000 * MS).remaining(), "no more than it holds");
    }

    @Example
    void anOverdraftIsPaidBackWithinAWindow() {
        LocalLimiter limiter = new LocalLimiter(1);
        Check huge = new Check(policy(10, 1000), "u", 4_000_000_000L, true, false);
        assertFalse(limiter.decide("main", huge, 0).allowed());
        Decision after = decide(limiter, policy(10, 1000), "u", 0, 0);
        assertEquals(0, after.remaining());
        assertEquals(1000, after.retryAfterMs());
        assertTrue(decide(limiter, policy(10, 1000), "u", 1, 1000 * MS).allowed());
    }

    @Example
    void forgetsWhoWasNotSeenForLongest() {
        LocalLimiter limiter = new LocalLimiter(1);
        Policy policy = policy(1, 3_600_000);
        decide(limiter, policy, "first", 1, 0);
        decide(limiter, policy, "second", 1, 0);
        for (int i = 0; i < LocalLimiter.MAX_IDENTIFIERS - 2; i++) {
            decide(limiter, policy, "u" + i, 1, 0);
        }
        assertFalse(decide(limiter, policy, "first", 1, 0).allowed(), "and is now seen last");
        decide(limiter, policy, "one more", 1, 0);
        assertTrue(decide(limiter, policy, "second", 1, 0).allowed(), "forgotten");
        assertFalse(decide(limiter, policy, "first", 1, 0).allowed());
    }

    private static Decision decide(LocalLimiter limiter, Policy policy, String identifier, long cost, long nanos) {
        return limiter.decide("main", new Check(policy, identifier, cost), nanos);
    }

    private static Policy policy(long limit, long windowMs) {
        return Policy.of("p", Algorithm.FIXED_WINDOW, limit, windowMs).withFailMode(FailMode.LOCAL);
    }
}
