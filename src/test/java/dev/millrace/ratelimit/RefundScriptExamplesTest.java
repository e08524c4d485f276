package dev.millrace.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.Limit;
import dev.millrace.redis.VirtualRedis;

/** What is given back of a charge, at once, later, and too late. */
class RefundScriptExamplesTest {

    private static final long WINDOW = 1_000_000;

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final CheckScript script = new CheckScript(redis);

    /** Charges so much at a time, and says when that is. */
    private long charge(Limit limit, long cost) {
        assertTrue(script.decide(limit, cost).admitted());
        return redis.now();
    }

    private long remaining(Limit limit) {
        return script.decide(limit, 0).remaining();
    }

    @Test
    void whatIsGivenBackAtOnceIsFreeAgain() {
        for (String algorithm : Histories.ALGORITHMS) {
            Limit limit = Limit.of(algorithm, 9, 1000).named(algorithm);
            assertTrue(script.refund(limit, 4, charge(limit, 4)), algorithm);
            assertEquals(new Answer(true, 9, 0, 0), script.decide(limit, 0), algorithm);
            charge(limit, 2);
            assertTrue(script.refund(limit, 4, charge(limit, 4)), algorithm);
            assertEquals(7, remaining(limit), algorithm);
        }
    }

    @Test
    void aSingleChargeOfOthersStays() {
        for (String algorithm : Histories.ALGORITHMS) {
            Limit limit = Limit.of(algorithm, 9, 1000).named(algorithm);
            charge(limit, 1);
            redis.advance(1);
            assertTrue(script.refund(limit, 4, charge(limit, 4)), algorithm);
            assertEquals(8, remaining(limit), algorithm);
        }
    }

    @Test
    void whereNothingIsChargedNothingIsGivenBack() {
        for (String algorithm : Histories.ALGORITHMS) {
            Limit limit = Limit.of(algorithm, 9, 1000).named(algorithm);
            assertFalse(script.refund(limit, 4, redis.now()), algorithm);
            assertEquals(9, remaining(limit), algorithm);
        }
    }

    @Test
    void ofALogOnlyTheEntriesOfThatChargeAreGivenBack() {
        Limit limit = Limit.of("sliding-window", 9, 1000);
        long charged = charge(limit, 3);
        redis.advance(1);
        charge(limit, 2);
        assertTrue(script.refund(limit, 3, charged));
        assertEquals(7, remaining(limit));
        assertFalse(script.refund(limit, 3, charged), "they are given back already");
        assertEquals(7, remaining(limit));
    }

    @Test
    void aFixedWindowGivesBackUntilItsEnd() {
        Limit limit = Limit.of("fixed-window", 9, 1000);
        long opened = charge(limit, 3);
        redis.advance(WINDOW - 1);
        assertTrue(script.refund(limit, 1, opened));
        assertEquals(7, remaining(limit));
        assertEquals(1, script.decide(limit, 0).reset(), "its end stays");
        redis.advance(1);
        charge(limit, 2);
        assertFalse(script.refund(limit, 2, opened + WINDOW - 1), "it was charged to the window before");
        assertEquals(7, remaining(limit));
        assertTrue(script.refund(limit, 2, opened + WINDOW));
    }

    @Test
    void aCounterGivesBackInTheWindowAndInTheNext() {
        redis.advance(WINDOW - redis.now() % WINDOW);
        Limit limit = Limit.of("sliding-window-counter", 9, 1000);
        long charged = charge(limit, 6);
        redis.advance(WINDOW - 1);
        assertTrue(script.refund(limit, 1, charged));
        assertEquals(4, remaining(limit));
        redis.advance(1);
        charge(limit, 1);
        assertEquals(3, remaining(limit));
        assertTrue(script.refund(limit, 2, charged));
        assertEquals(5, remaining(limit));
        assertTrue(script.refund(limit, 9, charged), "no less than nothing");
        assertEquals(8, remaining(limit));
        assertTrue(script.refund(limit, 9, redis.now()), "no less than nothing");
        assertEquals(9, remaining(limit));
        redis.advance(WINDOW);
        charge(limit, 1);
        assertFalse(script.refund(limit, 1, charged));
        assertEquals(8, remaining(limit));
    }

    @Test
    void aBucketGivesBackNoMoreThanIsInIt() {
        Limit limit = Limit.of("token-bucket", 10, 1000);
        long charged = charge(limit, 5);
        redis.advance(WINDOW / 10);
        assertEquals(6, remaining(limit));
        assertTrue(script.refund(limit, 3, charged));
        assertEquals(9, remaining(limit));
        assertTrue(script.refund(limit, 3, charged));
        assertEquals(10, remaining(limit));
        charge(limit, 10);
        assertEquals(0, remaining(limit));
    }
}
