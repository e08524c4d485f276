package dev.millrace.ratelimit;

import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import dev.millrace.redis.VirtualRedis;

/** How long a lease is held, renewed or not, and what that leaves to others. */
class LeaseScriptExamplesTest {

    private static final String TENANT = "main";
    private static final String IDENTIFIER = "exports";
    private static final Policy TWO = Policy.of("exports", Algorithm.CONCURRENCY, 2, 10_000);

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final LeaseStore store = new LeaseStore(redis.dataSource(), redis);

    private LeaseAcquisition acquire(String lease, long ttl) {
        return await(store.acquire(TENANT, TWO, IDENTIFIER, ttl, lease));
    }

    private LeaseRenewal renew(String lease, long ttl) {
        return await(store.renew(TENANT, TWO, IDENTIFIER, ttl, lease));
    }

    private void pass(long ms) {
        redis.advance(ms * 1000);
    }

    @Test
    void thereAreNoMoreLeasesThanAllowed() {
        long now = redis.ms();
        assertEquals(new LeaseAcquisition(true, 2, 0, 0, now), acquire("", 1000), "it only looks");
        assertEquals(new LeaseAcquisition(true, 1, 1000, 0, now), acquire("a", 1000));
        assertEquals(new LeaseAcquisition(true, 0, 3000, 0, now), acquire("b", 3000));
        assertEquals(new LeaseAcquisition(false, 0, 3000, 1000, now), acquire("c", 1000));
        pass(999);
        assertFalse(acquire("c", 1000).acquired());
        pass(1);
        assertEquals(new LeaseAcquisition(true, 0, 2000, 0, now + 1000), acquire("c", 1000));
    }

    @Test
    void aRenewedLeaseIsHeldFromThenOn() {
        acquire("a", 1000);
        pass(900);
        assertEquals(new LeaseRenewal(true, 1, redis.ms()), renew("a", 1000));
        acquire("b", 5000);
        pass(999);
        assertFalse(acquire("c", 1000).acquired());
        pass(1);
        assertTrue(acquire("c", 1000).acquired());
    }

    @Test
    void aRenewalHoldsAlsoWhereNoneIsAcquiredAfterIt() {
        acquire("a", 1000);
        acquire("b", 1000);
        assertEquals(new LeaseRenewal(true, 0, redis.ms()), renew("a", 9000));
        pass(8999);
        assertEquals(new LeaseAcquisition(true, 1, 1, 0, redis.ms()), acquire("", 1000));
    }

    @Test
    void aLeaseThatEndedIsNotRenewed() {
        acquire("a", 1000);
        acquire("b", 5000);
        pass(1000);
        assertEquals(new LeaseRenewal(false, 1, redis.ms()), renew("a", 1000));
        assertEquals(new LeaseRenewal(false, 1, redis.ms()), renew("c", 1000));
    }

    /** As when the limit was lowered. */
    @Test
    void whereThereAreMoreThanAllowedNoneRemains() {
        acquire("a", 1000);
        acquire("b", 2000);
        Policy one = Policy.of("exports", Algorithm.CONCURRENCY, 1, 10_000);
        assertEquals(new LeaseAcquisition(false, 0, 2000, 2000, redis.ms()),
                await(store.acquire(TENANT, one, IDENTIFIER, 1000, "c")));
        assertEquals(new LeaseRenewal(true, 0, redis.ms()), await(store.renew(TENANT, one, IDENTIFIER, 2000, "a")));
    }

    /** As when the window was shortened. */
    @Test
    void aLeaseThatLastsTooLongIsShortened() {
        acquire("a", 9000);
        acquire("b", 500);
        Policy brief = Policy.of("exports", Algorithm.CONCURRENCY, 2, 1000);
        assertEquals(new LeaseAcquisition(false, 0, 1000, 500, redis.ms()),
                await(store.acquire(TENANT, brief, IDENTIFIER, 1000, "c")));
        renew("b", 9000);
        assertEquals(new LeaseRenewal(true, 0, redis.ms()), await(store.renew(TENANT, brief, IDENTIFIER, 700, "a")));
        assertEquals(new LeaseAcquisition(false, 0, 1000, 700, redis.ms()),
                await(store.acquire(TENANT, brief, IDENTIFIER, 1000, "c")));
    }

    @Test
    void nothingIsLeftOfTheLast() {
        acquire("a", 1000);
        pass(1001);
        assertTrue(redis.content().isEmpty());
    }
}
