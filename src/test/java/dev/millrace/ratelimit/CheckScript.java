package dev.millrace.ratelimit;

import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.ChecksModel.Item;
import dev.millrace.ratelimit.model.Limit;
import dev.millrace.redis.VirtualRedis;

/** The store of rate limits on the virtual Redis, asked in the words of the models. */
final class CheckScript {

    private static final String TENANT = "main";
    private static final String IDENTIFIER = "user {:%/} 42";

    private final VirtualRedis redis;
    private final RateLimitStore store;

    CheckScript(VirtualRedis redis) {
        this.redis = redis;
        this.store = new RateLimitStore(redis.dataSource(), redis);
    }

    Answer decide(Limit limit, long cost) {
        return answer(await(store.decide(TENANT, check(limit, cost))));
    }

    List<Answer> decide(List<Item> items, boolean atomic) {
        CheckOutcomes outcomes = await(store.decide(TENANT,
                items.stream().map(CheckScript::check).toList(), atomic));
        assertEquals(redis.now(), outcomes.decidedAt());
        return outcomes.list().stream().map(CheckScript::answer).toList();
    }

    /** Whether there was something to give back. */
    boolean refund(Limit limit, long cost, long chargedAt) {
        return await(store.refund(TENANT, check(limit, cost), chargedAt));
    }

    private static Check check(Item item) {
        Check check = check(item.limit(), item.cost());
        return new Check(check.policy(), check.identifier(), check.cost(), item.overdraft(), item.quota());
    }

    private static Check check(Limit limit, long cost) {
        Policy policy = Policy.of(limit.name(), algorithm(limit.algorithm()), limit.limit(), limit.windowMs())
                .withBurst(limit.burst()).withDenyPenalty(limit.penaltyMs()).withShadow(limit.shadow());
        return new Check(policy, IDENTIFIER, cost);
    }

    private static Algorithm algorithm(String id) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm.id().equals(id)) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException(id);
    }

    private static Answer answer(CheckOutcome o) {
        return new Answer(o.admitted(), o.remaining(), o.reset(), o.retryAfter());
    }
}
