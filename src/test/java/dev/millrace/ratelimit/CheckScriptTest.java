package dev.millrace.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import dev.millrace.ratelimit.Histories.History;
import dev.millrace.ratelimit.Histories.Step;
import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.Limit;
import dev.millrace.ratelimit.model.LimiterModel;
import dev.millrace.redis.VirtualRedis;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Guarantees of every algorithm, for any history of requests and looks: the script answers what the reference model
 * answers, to the µs; it keeps the algorithm's bound on what is admitted; a denial and a look change nothing;
 * {@code retryAfter} is the first µs at which the same cost is admitted; and no key is ever left without an expiry.
 */
class CheckScriptTest {

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final CheckScript script = new CheckScript(redis);

    @Provide
    Arbitrary<History> histories() {
        return Histories.histories();
    }

    @Property
    void answersAsTheModelDoes(@ForAll("histories") History history) {
        LimiterModel model = history.limit().model();
        VirtualRedis.fresh();
        for (Step step : history.steps()) {
            redis.advance(step.advance());
            assertEquals(model.decide(redis.now(), step.cost()), script.decide(history.limit(), step.cost()));
            assertEquals(List.of(), redis.immortal());
        }
    }

    /** As large as policies may be: beyond 2^53 the script's arithmetic rounds, by less than one request. */
    @Property
    void hugeNumbersAreOffByOneAtMost(@ForAll("hugeHistories") History history) {
        LimiterModel model = history.limit().model();
        VirtualRedis.fresh();
        for (Step step : history.steps()) {
            redis.advance(step.advance());
            Answer expected = model.look(redis.now(), step.cost());
            Answer answer = script.decide(history.limit(), step.cost());
            if (answer.admitted()) {
                model.charge(redis.now(), step.cost());
                expected = model.look(redis.now(), 1);
            }
            assertTrue(Math.abs(expected.remaining() - answer.remaining()) <= 1, expected + " is not " + answer);
            assertTrue(Math.abs(expected.reset() - answer.reset()) <= 1000, expected + " is not " + answer);
        }
    }

    @Provide
    Arbitrary<History> hugeHistories() {
        return Histories.hugeHistories();
    }

    /** A cut without a charge renews the log's expiry too, for an entry added later may need it. */
    @Example
    void aLogOutlivesItsNewestEntry() {
        Limit limit = Limit.of("sliding-window", 3, 1000);
        script.decide(limit, 1);
        redis.advance(900_000);
        script.decide(limit, 1);
        redis.advance(200_000);
        script.decide(limit, 0);
        redis.advance(100_000);
        script.decide(limit, 1);
        redis.advance(850_000);
        assertEquals(2, script.decide(limit, 0).remaining());
    }

    @Property
    void keepsItsBound(@ForAll("histories") History history) {
        Limit limit = history.limit();
        VirtualRedis.fresh();
        Deque<Step> admitted = new ArrayDeque<>();
        for (Step step : history.steps()) {
            redis.advance(step.advance());
            if (step.cost() == 0 || !script.decide(limit, step.cost()).admitted()) {
                continue;
            }
            admitted.add(new Step(redis.now(), step.cost()));
            admitted.removeIf(earlier -> earlier.advance() <= redis.now() - limit.window());
            long inWindow = admitted.stream().mapToLong(Step::cost).sum();
            assertTrue(inWindow <= bound(limit), () -> inWindow + " in one window of " + limit);
        }
    }

    /** The most that one trailing window may hold. */
    private static long bound(Limit limit) {
        return switch (limit.algorithm()) {
            case "sliding-window" -> limit.limit();
            case "token-bucket" -> limit.burst() + limit.limit();
            default -> 2 * limit.limit();
        };
    }

    @Property
    void aDenialAndALookChangeNothing(@ForAll("histories") History history) {
        Limit limit = history.limit();
        Limit twin = limit.named("twin");
        VirtualRedis.fresh();
        for (Step step : history.steps()) {
            redis.advance(step.advance());
            Answer answer = script.decide(limit, step.cost());
            if (answer.admitted() && step.cost() > 0) {
                assertEquals(answer, script.decide(twin, step.cost()), "the twin saw admissions only");
            }
        }
        assertEquals(script.decide(limit, 0), script.decide(twin, 0));
    }

    @Property
    void retryAfterIsTheFirstMomentThatAdmits(@ForAll("histories") History history) {
        Limit limit = history.limit();
        VirtualRedis.fresh();
        for (Step step : history.steps()) {
            redis.advance(step.advance());
            Answer answer = script.decide(limit, step.cost());
            if (!answer.admitted() && step.cost() > 0 && step.cost() <= limit.capacity()) {
                redis.advance(answer.retryAfter() - 1);
                assertFalse(script.decide(limit, step.cost()).admitted(), "one µs early");
                redis.advance(1);
                assertTrue(script.decide(limit, step.cost()).admitted(), "in time");
            }
        }
    }

    @Property
    void resetIsTheFirstMomentAtWhichAllIsFree(@ForAll("histories") History history) {
        Limit limit = history.limit();
        VirtualRedis.fresh();
        for (Step step : history.steps()) {
            redis.advance(step.advance());
            script.decide(limit, step.cost());
        }
        long reset = script.decide(limit, 0).reset();
        if (reset > 0) {
            redis.advance(reset - 1);
            assertTrue(script.decide(limit, 0).remaining() < limit.capacity(), "one µs early");
            redis.advance(1);
        }
        assertEquals(limit.capacity(), script.decide(limit, 0).remaining());
    }
}
