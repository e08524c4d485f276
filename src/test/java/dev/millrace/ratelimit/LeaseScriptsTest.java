package dev.millrace.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.ConcurrencyModel;
import dev.millrace.redis.VirtualRedis;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/**
 * Guarantees of the scripts behind leases, for any history of taking, renewing and releasing: they answer what the model
 * answers, so there are never more than the limit; {@code retryAfter} is the first ms at which one is free; a lease that
 * ended is not renewed; and the key expires.
 */
class LeaseScriptsTest {

    private static final List<String> KEY = List.of("leases");

    private enum Action {
        TAKE,
        LOOK,
        RENEW,
        RELEASE
    }

    /** Some time passes, ms, then something is done with one of a few leases. */
    record Step(long advance, Action action, int lease, long ttl) {}

    private final VirtualRedis redis = VirtualRedis.fresh();

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(Arbitraries.longs().between(0, 40),
                Arbitraries.of(Action.TAKE, Action.TAKE, Action.LOOK, Action.RENEW, Action.RELEASE),
                Arbitraries.integers().between(0, 9), Arbitraries.longs().between(1, 100)).as(Step::new).list()
                .ofMaxSize(60);
    }

    @Property
    void answerAsTheModelDoes(@ForAll("steps") List<Step> steps, @ForAll @LongRange(min = 1, max = 5) long limit) {
        ConcurrencyModel model = new ConcurrencyModel(limit);
        VirtualRedis.fresh();
        int taken = 0;
        for (Step step : steps) {
            redis.advance(step.advance() * 1000);
            long now = redis.now() / 1000;
            String lease = "lease" + Math.max(0, taken - step.lease());
            switch (step.action()) {
                case TAKE -> {
                    String another = "lease" + ++taken;
                    assertEquals(model.acquire(now, step.ttl(), another), acquire(limit, step.ttl(), another));
                }
                case LOOK -> assertEquals(model.acquire(now, step.ttl(), ""), acquire(limit, step.ttl(), ""));
                case RENEW -> assertEquals(
                        List.of(model.renew(now, step.ttl(), lease) ? 1L : 0L, model.remaining(), now),
                        redis.run("ratelimit/renew-1", KEY, List.of(limit, step.ttl(), lease)));
                default -> {
                    acquire(limit, 1, "");
                    assertEquals(model.release(now, lease) ? 1L : 0L, redis.call("ZREM", "leases", lease));
                }
            }
            assertEquals(List.of(), redis.immortal());
        }
    }

    @Property
    void retryAfterIsTheFirstMsThatAdmits(@ForAll("steps") List<Step> steps) {
        VirtualRedis.fresh();
        int taken = 0;
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
        List<Long> reply = redis.run("ratelimit/acquire-1", KEY, List.of(limit, ttl, lease));
        assertEquals(redis.now() / 1000, reply.get(4));
        return new Answer(reply.get(0) == 1, reply.get(1), reply.get(2), reply.get(3));
    }
}
