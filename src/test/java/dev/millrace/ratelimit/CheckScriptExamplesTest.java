package dev.millrace.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.Limit;
import dev.millrace.ratelimit.model.LimiterModel;
import dev.millrace.redis.VirtualRedis;

/** What random histories of small limits seldom meet. */
class CheckScriptExamplesTest {

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final CheckScript script = new CheckScript(redis);

    private static Limit log(long limit, long windowMs) {
        return Limit.of("sliding-window", limit, windowMs);
    }

    @Test
    void aLogCountsLargeCostsWhole() {
        Limit limit = log(5000, 1000);
        assertEquals(new Answer(true, 2400, 1_000_000, 0), script.decide(limit, 2600));
        assertEquals(new Answer(true, 1400, 1_000_000, 0), script.decide(limit, 1000));
        assertEquals(new Answer(true, 399, 1_000_000, 0), script.decide(limit, 1001));
        redis.advance(999_999);
        assertEquals(399, script.decide(limit, 0).remaining());
        redis.advance(1);
        assertEquals(new Answer(true, 5000, 0, 0), script.decide(limit, 0));
    }

    /** It finds the entries to cut by galloping. */
    @Test
    void aLogCutsAsManyEntriesAsAreOld() {
        for (int old = 0; old <= 20; old++) {
            Limit limit = log(40, 1000).named("old" + old);
            for (int i = 0; i < old; i++) {
                script.decide(limit, 1);
            }
            redis.advance(500_000);
            for (int i = 0; i < 20; i++) {
                script.decide(limit, 1);
            }
            redis.advance(499_999);
            assertEquals(20 - old, script.decide(limit, 0).remaining());
            redis.advance(1);
            assertEquals(20, script.decide(limit, 0).remaining());
        }
    }

    @Test
    void aLogLastsUntilItsNewestEntryIsOld() {
        Limit limit = log(3, 1000);
        script.decide(limit, 1);
        redis.advance(999_999);
        script.decide(limit, 1);
        redis.advance(999_000);
        assertEquals(2, script.decide(limit, 0).remaining());
    }

    /** The entry before the cut holds the next cut up for a window, and the newest comes at the end of that. */
    @Test
    void aLogThatIsCutLastsUntilItsNewestEntryIsOld() {
        Limit limit = log(4, 1000);
        script.decide(limit, 1);
        redis.advance(999_999);
        script.decide(limit, 1);
        redis.advance(1);
        script.decide(limit, 1);
        redis.advance(999_998);
        script.decide(limit, 1);
        redis.advance(998_500);
        assertEquals(3, script.decide(limit, 0).remaining());
    }

    @Test
    void eachAlgorithmCountsUntilTheMicrosecondOfItsReset() {
        for (String algorithm : Histories.ALGORITHMS) {
            for (long windowMs : new long[]{1, 1000, 86_400_000}) {
                Limit limit = Limit.of(algorithm, 1, windowMs).named(algorithm + windowMs);
                Answer answer = script.decide(limit, 1);
                redis.advance(answer.reset() - 1);
                assertFalse(script.decide(limit, 1).admitted(), algorithm);
                assertEquals(1, script.decide(limit, 0).reset());
                redis.advance(1);
                assertTrue(script.decide(limit, 1).admitted(), algorithm);
            }
        }
    }

    @Test
    void aCostAboveTheLimitIsNeverAdmitted() {
        for (String algorithm : Histories.ALGORITHMS) {
            Answer answer = script.decide(Limit.of(algorithm, 2, 1000).named(algorithm), 3);
            assertEquals(new Answer(false, 2, 0, 1_000_000), answer, algorithm);
        }
    }

    @Test
    void aCounterCountsFromTheVeryStartOfItsWindow() {
        redis.advance(1_000_000 - redis.now() % 1_000_000);
        Limit limit = Limit.of("sliding-window-counter", 4, 1000);
        assertEquals(new Answer(true, 3, 2_000_000, 0), script.decide(limit, 1));
        assertEquals(new Answer(true, 2, 2_000_000, 0), script.decide(limit, 1));
        redis.advance(1_000_000);
        assertEquals(new Answer(true, 2, 1_000_000, 0), script.decide(limit, 0));
        redis.advance(500_000);
        assertEquals(new Answer(true, 3, 500_000, 0), script.decide(limit, 0), "half of the window before counts");
        redis.advance(500_000);
        assertEquals(new Answer(true, 4, 0, 0), script.decide(limit, 0));
    }

    @Test
    void aDenialAtTheVeryEndOfAPenaltyStartsAnother() {
        Limit brief = log(1, 11_000).withPenalty(10_000).named("brief");
        script.decide(brief, 1);
        script.decide(brief, 1);
        redis.advance(9_999_999);
        assertEquals(1_000_001, script.decide(brief, 1).retryAfter(), "it is not prolonged");
        redis.advance(1);
        assertEquals(10_000_000, script.decide(brief, 1).retryAfter());
    }

    /** Of each cost, after some charges at different times. */
    @Test
    void retryAfterIsTheMicrosecondFromWhichTheCostFits() {
        for (String algorithm : Histories.ALGORITHMS) {
            for (int cost = 1; cost <= 5; cost++) {
                Limit limit = Limit.of(algorithm, 5, 1000).named(algorithm + cost);
                redis.advance(1_000_000 - redis.now() % 1_000_000 + 100_000);
                script.decide(limit, 2);
                redis.advance(100_000);
                script.decide(limit, 1);
                redis.advance(100_000);
                while (script.decide(limit, 1).admitted()) {
                    redis.advance(1000);
                }
                requireRetry(limit, cost);
            }
        }
    }

    @Test
    void theWindowBeforeFadesAndTheRetryCountsOnThat() {
        for (int cost = 3; cost <= 10; cost++) {
            Limit limit = Limit.of("sliding-window-counter", 10, 1000).named("limit" + cost);
            redis.advance(1_000_000 - redis.now() % 1_000_000);
            script.decide(limit, 6);
            redis.advance(1_100_000);
            script.decide(limit, 3);
            requireRetry(limit, cost);
        }
    }

    @Test
    void aLimitOfOneIsRetriedAWindowLater() {
        for (String algorithm : Histories.ALGORITHMS) {
            Limit limit = Limit.of(algorithm, 1, 1000).named(algorithm);
            assertEquals(0, script.decide(limit, 1).retryAfter());
            requireRetry(limit, 1);
        }
    }

    @Test
    void theWholeLimitIsAdmittedWhenTheWindowBeforeHasFaded() {
        Limit limit = Limit.of("sliding-window-counter", 10, 1000);
        script.decide(limit, 6);
        redis.advance(1_100_000);
        requireRetry(limit, 10);
    }

    private void requireRetry(Limit limit, long cost) {
        Answer denied = script.decide(limit, cost);
        assertFalse(denied.admitted(), limit::toString);
        redis.advance(denied.retryAfter() - 1);
        Answer early = script.decide(limit, cost);
        assertFalse(early.admitted(), limit::toString);
        assertEquals(1, early.retryAfter(), limit::toString);
        redis.advance(1);
        assertEquals(0, script.decide(limit, cost).retryAfter(), limit::toString);
    }

    @Test
    void whatJustFitsNeedsNoRetry() {
        for (String algorithm : Histories.ALGORITHMS) {
            Limit limit = Limit.of(algorithm, 3, 1000).named(algorithm);
            script.decide(limit, 2);
            Answer last = script.decide(limit, 1);
            assertTrue(last.admitted());
            assertEquals(0, last.retryAfter(), algorithm);
        }
    }

    @Test
    void whileAPenaltyBlocksTheResetIsThatOfTheLimit() {
        Limit limit = log(2, 60_000).withPenalty(1);
        script.decide(limit, 1);
        script.decide(limit, 2);
        assertEquals(new Answer(false, 0, 60_000_000, 1000), script.decide(limit, 1));
    }

    /** The same history each time, with more to each limit than the random ones have. */
    @Test
    void aLongHistoryIsAnsweredAsTheModelDoes() {
        for (String algorithm : Histories.ALGORITHMS) {
            Limit limit = Limit.of(algorithm, 7, 1000).named(algorithm);
            LimiterModel model = limit.model();
            Random random = new Random(1);
            for (int i = 0; i < 500; i++) {
                redis.advance(random.nextInt(8) == 0 ? random.nextInt(1_500_000) : random.nextInt(100_000));
                int cost = random.nextInt(3) == 0 ? random.nextInt(9) : 1;
                assertEquals(model.decide(redis.now(), cost), script.decide(limit, cost), algorithm);
            }
        }
    }
}
