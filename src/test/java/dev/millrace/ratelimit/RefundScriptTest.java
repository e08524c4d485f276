package dev.millrace.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import dev.millrace.ratelimit.Histories.History;
import dev.millrace.ratelimit.Histories.Step;
import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.Limit;
import dev.millrace.redis.VirtualRedis;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Guarantees of {@code refund-1.lua}: what is charged and given back at once was never charged; a refund that comes when
 * the charge has left its window takes nothing from others; no refund leaves a key without an expiry.
 */
class RefundScriptTest {

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final CheckScript script = new CheckScript(redis);

    @Provide
    Arbitrary<History> histories() {
        return Histories.histories();
    }

    /** Every other charge is given back; the twin never sees those. */
    @Property
    void whatIsGivenBackAtOnceWasNeverCharged(@ForAll("histories") History history) {
        Limit limit = history.limit();
        Limit twin = limit.named("twin");
        VirtualRedis.fresh();
        boolean back = false;
        for (Step step : history.steps()) {
            redis.advance(step.advance());
            Answer answer = script.decide(limit, step.cost());
            if (!answer.admitted() || step.cost() == 0) {
                continue;
            }
            back = !back;
            if (back) {
                assertTrue(script.refund(limit, step.cost(), redis.now()));
            } else {
                assertEquals(answer, script.decide(twin, step.cost()));
            }
            assertEquals(script.decide(twin, 0), script.decide(limit, 0));
            assertEquals(List.of(), redis.immortal());
        }
    }

    @Property
    void aLateRefundTakesNothingFromOthers(@ForAll("windowed") History history) {
        Limit limit = history.limit();
        VirtualRedis.fresh();
        script.decide(limit, 1);
        long charged = redis.now();
        redis.advance(2 * limit.window());
        for (Step step : history.steps()) {
            redis.advance(step.advance());
            Answer before = script.decide(limit, step.cost());
            script.refund(limit, 1, charged);
            assertEquals(before.remaining(), script.decide(limit, 0).remaining());
            assertTrue(redis.immortal().isEmpty());
        }
    }

    @Provide
    Arbitrary<History> windowed() {
        return Histories.histories().filter(history -> !history.limit().algorithm().equals("token-bucket"));
    }
}
