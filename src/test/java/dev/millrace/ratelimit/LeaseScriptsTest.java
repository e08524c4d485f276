package dev.millrace.ratelimit;

import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.ConcurrencyModel;
import dev.millrace.redis.Refusals;
import dev.millrace.redis.VirtualRedis;
import dev.millrace.redis.VirtualRedis.Refusal;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/**
 * Guarantees of the store of leases, for any history of taking, renewing and releasing: they answer what the model
 * answers, so there are never more than the limit; {@code retryAfter} is the first ms at which one is free; a lease that
 * ended is not renewed; the key expires; and what Redis refuses to write changes nothing.
 */
class LeaseScriptsTest {

    private static final String TENANT = "main";
    private static final String IDENTIFIER = "exports";

    private enum Action {
        TAKE,
        LOOK,
        RENEW,
        RELEASE
    }

    /** Some time passes, ms, then something is done with one of a few leases. */
    record Step(long advance, Action action, int lease, long ttl, Refusal refusal) {}

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final LeaseStore store = new LeaseStore(redis.dataSource(), redis);
    private int taken;

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(Arbitraries.longs().between(0, 40),
                Arbitraries.of(Action.TAKE, Action.TAKE, Action.LOOK, Action.RENEW, Action.RELEASE),
                Arbitraries.integers().between(0, 9), Arbitraries.longs().between(1, 100), Refusals.some())
                .as(Step::new).list()
                .ofMaxSize(60);
    }

    @Property
    void answerAsTheModelDoes(@ForAll("steps") List<Step> steps, @ForAll @LongRange(min = 1, max = 5) long limit) {
        ConcurrencyModel model = new ConcurrencyModel(limit);
        VirtualRedis.fresh();
        taken = 0;
        for (Step step : steps) {
            redis.advance(step.advance() * 1000);
            redis.take(step.refusal(), () -> take(step, limit, model));
            assertEquals(List.of(), redis.immortal());
        }
    }

    private void take(Step step, long limit, ConcurrencyModel model) {
        long now = redis.ms();
        String lease = "lease" + Math.max(0, taken - step.lease());
        switch (step.action()) {
            case TAKE -> {
                String another = "lease" + (taken + 1);
                Answer answer = acquire(limit, step.ttl(), another);
                taken++;
                assertEquals(model.acquire(now, step.ttl(), another), answer);
            }
            case LOOK -> {
                Answer answer = acquire(limit, step.ttl(), "");
                assertEquals(model.acquire(now, step.ttl(), ""), answer);
            }
            case RENEW -> {
                LeaseRenewal renewed = await(store.renew(TENANT, policy(limit), IDENTIFIER, step.ttl(), lease));
                boolean held = model.renew(now, step.ttl(), lease);
                assertEquals(new LeaseRenewal(held, model.remaining(), now), renewed);
            }
            default -> {
                acquire(limit, 1, "");
                boolean released = await(store.release(TENANT, policy(limit), IDENTIFIER, lease));
                assertEquals(model.release(now, lease), released);
            }
        }
    }

    @Property
    void retryAfterIsTheFirstMsThatAdmits(@ForAll("steps") List<Step> steps) {
        VirtualRedis.fresh();
        taken = 0;
        for (Step step : steps) {
            redis.advance(step.advance() * 1000);
            Answer answer = acquire(2, step.ttl(), "lease" + ++taken);
            if (!answer.admitted()) {
                redis.advance((answer.retryAfter() - 1) * 1000);
                assertFalse(acquire(2, 10, "early").admitted());
                redis.advance(1000);
                assertTrue(acquire(2, 10, "lease" + taken).admitted());
            }
        }
    }

    private Answer acquire(long limit, long ttl, String lease) {
        LeaseAcquisition reply = await(store.acquire(TENANT, policy(limit), IDENTIFIER, ttl, lease));
        assertEquals(redis.ms(), reply.now());
        return new Answer(reply.acquired(), reply.remaining(), reply.reset(), reply.retryAfter());
    }

    private static Policy policy(long limit) {
        return Policy.of("exports", Algorithm.CONCURRENCY, limit, 1000);
    }
}
