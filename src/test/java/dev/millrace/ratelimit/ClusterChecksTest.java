package dev.millrace.ratelimit;

import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.millrace.redis.VirtualRedis;

/** Lists that no single script can decide: who is charged in the end. */
class ClusterChecksTest {

    private static final Policy ONE = Policy.of("one", Algorithm.FIXED_WINDOW, 1, 1000);
    private static final Policy TEN = Policy.of("ten", Algorithm.FIXED_WINDOW, 10, 1000);
    private static final Policy HUNDRED = Policy.of("hundred", Algorithm.FIXED_WINDOW, 100, 1000);

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final RateLimitStore store = new RateLimitStore(redis.dataSource(), redis);
    private final ClusterChecks checks = new ClusterChecks(store);

    private List<Boolean> decide(Check... list) {
        return await(checks.decide("main", List.of(list), true)).stream().map(CheckOutcome::admitted).toList();
    }

    private static Check check(Policy policy, long cost) {
        return new Check(policy, "u", cost);
    }

    private static Check quota(Policy policy) {
        return new Check(policy, "u", 1, false, true);
    }

    private long remaining(Policy policy) {
        return await(store.decide("main", check(policy, 0))).remaining();
    }

    @Test
    void aDenialGivesTheOthersBack() {
        assertEquals(List.of(true, false), decide(check(TEN, 4), check(ONE, 2)));
        assertEquals(10, remaining(TEN));
    }

    @Test
    void whatMayOverdrawStaysCharged() {
        Check overdraft = new Check(TEN, "u", 12, true, false);
        assertEquals(List.of(false, true), decide(overdraft, check(HUNDRED, 3)));
        assertEquals(0, remaining(TEN));
        assertEquals(100, remaining(HUNDRED), "an overdraft is a denial to the others");
        Check fits = new Check(HUNDRED, "u", 30, true, false);
        assertEquals(List.of(true, false), decide(fits, check(TEN, 1)));
        assertEquals(70, remaining(HUNDRED));
    }

    @Test
    void ofQuotasOneIsEnough() {
        assertEquals(List.of(true, true, true), decide(quota(ONE), quota(TEN), check(HUNDRED, 1)));
        assertEquals(List.of(false, true, true), decide(quota(ONE), quota(TEN), check(HUNDRED, 1)));
        assertEquals(98, remaining(HUNDRED));
        assertEquals(8, remaining(TEN));
        assertEquals(List.of(false, true), decide(quota(ONE), check(HUNDRED, 1)));
        assertEquals(98, remaining(HUNDRED));
    }
}
