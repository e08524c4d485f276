package dev.millrace.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.millrace.ratelimit.Histories.Step;
import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.ChecksModel.Item;
import dev.millrace.ratelimit.model.Limit;
import dev.millrace.ratelimit.model.LimiterModel;
import dev.millrace.redis.VirtualRedis;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What happens to state whose limit is changed: what was consumed stays consumed, it comes back at the new pace, and what the script says
 * about the future holds.
 */
class ChangedSettingsTest {

    private static final long SECOND = 1_000_000;

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final CheckScript script = new CheckScript(redis);

    /** From here on, the limit has these settings. */
    record Era(long limit, long burst, List<Step> steps) {}

    record Life(Limit first, List<Era> eras) {}

    @Provide
    Arbitrary<Life> lives() {
        return Histories.limits().flatMap(limit -> Combinators
                .combine(Arbitraries.longs().between(1, 20), Arbitraries.longs().between(1, 30),
                        Histories.steps(limit))
                .as(Era::new).list().ofMinSize(1).ofMaxSize(4).map(eras -> new Life(limit, eras)));
    }

    @Property
    void answersAsTheModelDoes(@ForAll("lives") Life life) {
        VirtualRedis.fresh();
        LimiterModel model = life.first().model();
        for (Era era : life.eras()) {
            Limit limit = life.first().changed(era.limit(), era.burst());
            model.change(redis.now(), era.limit(), era.burst());
            assertEquals(model.decide(redis.now(), 0), script.decide(limit, 0));
            for (Step step : era.steps()) {
                redis.advance(step.advance());
                if (step.cost() % 5 == 4) {
                    script.decide(List.of(new Item(limit, step.cost(), true, false)), false);
                    model.charge(redis.now(), step.cost());
                }
                assertEquals(model.decide(redis.now(), step.cost()), script.decide(limit, step.cost()));
                assertEquals(List.of(), redis.immortal());
            }
        }
    }

    @Test
    void aLoweredBucketRefillsAtItsNewPace() {
        Limit fast = Limit.of("token-bucket", 1000, 5000);
        script.decide(fast, 1000);
        Limit slow = fast.changed(1, 1000);
        assertEquals(new Answer(false, 0, 5000 * SECOND, 5 * SECOND), script.decide(slow, 0));
        redis.advance(5 * SECOND + SECOND / 2);
        assertEquals(1, script.decide(slow, 0).remaining());
        redis.advance(4994 * SECOND);
        assertEquals(999, script.decide(slow, 0).remaining());
        redis.advance(SECOND / 2);
        assertEquals(new Answer(true, 1000, 0, 0), script.decide(slow, 0));
    }

    /** The state outlasts the old refill by that and a minute at least, so that the change is noticed. */
    @Test
    void aLoweredBucketThatNobodyAskedAboutMeanwhileDoesSoToo() {
        Limit fast = Limit.of("token-bucket", 1000, 5000);
        script.decide(fast, 1000);
        redis.advance(60 * SECOND);
        assertEquals(12, script.decide(fast.changed(1, 1000), 0).remaining());
    }

    @Test
    void aRaisedBucketHasItsAdditionalRoomAtOnce() {
        Limit small = Limit.of("token-bucket", 10, 1000);
        script.decide(small, 10);
        assertEquals(new Answer(true, 90, SECOND / 10, 0), script.decide(small.changed(100, 100), 0));
    }

    @Test
    void aBucketOfLessBurstIsEmptyAtMost() {
        Limit large = Limit.of("token-bucket", 10, 1000).withBurst(1000);
        script.decide(large, 1000);
        assertEquals(new Answer(false, 0, SECOND, SECOND / 10), script.decide(large.changed(10, 10), 0));
    }

    /** Earlier versions did not store the settings. */
    @Test
    void theStateOfEarlierVersionsIsRead() {
        Limit limit = Limit.of("token-bucket", 10, 1000);
        script.decide(limit, 1);
        String key = redis.content().keySet().iterator().next();
        redis.call("SET", key, (4 * SECOND) + " " + redis.now());
        redis.advance(SECOND / 10);
        assertEquals(7, script.decide(limit, 0).remaining());
        assertEquals(6, script.decide(limit, 1).remaining());
    }

    @Test
    void alogOfMoreThanTheLoweredLimitAdmitsWhenEnoughHaveLeft() {
        Limit ten = Limit.of("sliding-window", 10, 1000);
        for (int i = 0; i < 10; i++) {
            script.decide(ten, 1);
            redis.advance(1000);
        }
        Limit three = ten.changed(3, 3);
        Answer denied = script.decide(three, 1);
        assertEquals(new Answer(false, 0, SECOND - 1000, SECOND - 3000), denied);
        redis.advance(denied.retryAfter() - 1);
        assertFalse(script.decide(three, 1).admitted());
        redis.advance(1);
        assertTrue(script.decide(three, 1).admitted());
    }

    @Test
    void aShortenedPenaltyIsOneForThoseInIt() {
        Limit limit = Limit.of("fixed-window", 1, 1000).withPenalty(3_600_000);
        script.decide(limit, 1);
        assertEquals(3600 * SECOND, script.decide(limit, 1).retryAfter());
        Limit brief = limit.withPenalty(5000);
        assertEquals(5 * SECOND, script.decide(brief, 1).retryAfter());
        redis.advance(2 * SECOND);
        assertEquals(3 * SECOND, script.decide(brief, 1).retryAfter());
        redis.advance(3 * SECOND);
        assertTrue(script.decide(brief, 1).admitted());
    }
}
