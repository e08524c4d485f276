package dev.millrace.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.ChecksModel;
import dev.millrace.ratelimit.model.ChecksModel.Item;
import dev.millrace.ratelimit.model.Limit;
import dev.millrace.redis.Refusals;
import dev.millrace.redis.VirtualRedis;
import dev.millrace.redis.VirtualRedis.Refusal;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Guarantees of lists of checks, with penalties and shadow limits among them and the same limit more than once: they are
 * answered as the model answers; an atomic list is charged whole or not at all; a denial under a penalty blocks for
 * exactly that long, however often it is asked in between; what may overdraw is charged in any case; no key is left without an expiry;
 * and what Redis refuses to write changes nothing.
 */
class CheckListTest {

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final CheckScript script = new CheckScript(redis);

    /** A list of checks, by index into the limits, and the time that passes before it. */
    record Call(long advance, List<Pick> picks, boolean atomic, Refusal refusal) {}

    record Pick(int limit, long cost, boolean overdraft, boolean quota) {}

    record Scene(List<Limit> limits, List<Call> calls) {}

    @Provide
    Arbitrary<Scene> scenes() {
        Arbitrary<Limit> limit = Combinators.combine(Histories.limits(), Arbitraries.of(0L, 0L, 1L, 250L, 90_000L),
                Arbitraries.of(false, false, true)).as((plain, penalty, shadow) -> {
                    Limit penalized = plain.withPenalty(penalty);
                    return shadow ? penalized.inShadow() : penalized;
                });
        return limit.list().ofMinSize(1).ofMaxSize(3).flatMap(limits -> {
            List<Limit> named = new ArrayList<>();
            limits.forEach(one -> named.add(one.named("limit" + named.size())));
            Arbitrary<Pick> pick = Arbitraries.integers().between(0, named.size() - 1)
                    .flatMap(i -> Combinators.combine(Histories.costs(named.get(i)), Arbitraries.of(false, false, true),
                            Arbitraries.of(false, false, true)).as(
                                    (cost, overdraft, quota) -> new Pick(i, cost, overdraft, quota)));
            Arbitrary<Call> call = Combinators.combine(Histories.advances(named.get(0).window()),
                    pick.list().ofMinSize(1).ofMaxSize(5), Arbitraries.of(true, false), Refusals.some()).as(Call::new);
            return call.list().ofMinSize(1).ofMaxSize(30).map(calls -> new Scene(named, calls));
        });
    }

    @Property
    void answersAsTheModelDoes(@ForAll("scenes") Scene scene) {
        ChecksModel model = new ChecksModel();
        VirtualRedis.fresh();
        for (Call call : scene.calls()) {
            redis.advance(call.advance());
            List<Item> items = items(scene, call);
            redis.take(call.refusal(), () -> {
                List<Answer> answers = script.decide(items, call.atomic());
                assertEquals(model.decide(redis.now(), items, call.atomic()), answers);
            });
            assertEquals(List.of(), redis.immortal());
        }
    }

    @Property
    void anAtomicListIsChargedWholeOrNotAtAll(@ForAll("scenes") Scene scene) {
        VirtualRedis.fresh();
        for (Call call : scene.calls()) {
            redis.advance(call.advance());
            List<Item> items = ordinary(scene, call);
            List<Item> looks = items.stream().map(item -> new Item(item.limit().withPenalty(0), 0)).toList();
            List<Answer> before = script.decide(looks, false);
            List<Answer> answers = script.decide(items, true);
            boolean held = false;
            for (int i = 0; i < items.size(); i++) {
                held |= !answers.get(i).admitted() && !items.get(i).limit().shadow();
            }
            List<Answer> after = script.decide(looks, false);
            for (int i = 0; i < items.size(); i++) {
                Limit limit = items.get(i).limit();
                long charged = 0;
                for (int j = 0; j < items.size(); j++) {
                    boolean counts = !held && items.get(j).limit().equals(limit) && answers.get(j).admitted();
                    charged += counts ? items.get(j).cost() : 0;
                }
                assertEquals(before.get(i).remaining() - charged, after.get(i).remaining(), limit::toString);
            }
        }
    }

    @Property
    void aPenaltyBlocksFromTheFirstDenialAndIsNotProlonged(@ForAll("algorithms") String algorithm) {
        VirtualRedis.fresh();
        Limit limit = Limit.of(algorithm, 2, 1000).withPenalty(60_000);
        assertTrue(script.decide(limit, 2).admitted());
        assertEquals(60_000_000, script.decide(limit, 1).retryAfter());
        for (int second = 1; second < 60; second++) {
            redis.advance(1_000_000);
            Answer blocked = script.decide(limit, 1);
            assertFalse(blocked.admitted());
            assertEquals(0, blocked.remaining());
            assertEquals(60_000_000 - second * 1_000_000L, blocked.retryAfter());
            assertEquals(blocked.retryAfter(), script.decide(limit, 0).retryAfter(), "a look sees it too");
        }
        redis.advance(999_999);
        assertFalse(script.decide(limit, 1).admitted());
        redis.advance(1);
        assertTrue(script.decide(limit, 1).admitted());
    }

    @Property
    void aLookStartsNoPenalty(@ForAll("algorithms") String algorithm) {
        VirtualRedis.fresh();
        Limit limit = Limit.of(algorithm, 1, 1000).withPenalty(60_000);
        assertTrue(script.decide(limit, 1).admitted());
        Answer look = script.decide(limit, 0);
        assertFalse(look.admitted());
        assertTrue(look.retryAfter() <= 2_000_000, look::toString);
    }

    @Property
    void aDenialInAnAtomicListHoldsTheOthersBackButClaimsNothing(@ForAll("algorithms") String algorithm) {
        VirtualRedis.fresh();
        Limit limit = Limit.of(algorithm, 3, 60_000);
        List<Answer> answers = script.decide(List.of(new Item(limit, 2), new Item(limit, 2), new Item(limit, 1)), true);
        assertEquals(List.of(true, false, true), answers.stream().map(Answer::admitted).toList());
        assertEquals(3, script.decide(limit, 0).remaining());
    }

    /** Where it does not fit beside those before it, but they are not charged for that. */
    @Property
    void anOverdraftThatWasDeniedStaysSo(@ForAll("algorithms") String algorithm) {
        VirtualRedis.fresh();
        Limit limit = Limit.of(algorithm, 10, 60_000);
        List<Answer> answers = script.decide(List.of(new Item(limit, 6), new Item(limit, 5, true, false)), true);
        assertEquals(List.of(true, false), answers.stream().map(Answer::admitted).toList());
        assertEquals(5, answers.get(1).remaining());
        assertTrue(answers.get(1).retryAfter() > 0);
        assertEquals(5, script.decide(limit, 0).remaining());
        List<Answer> looked = script.decide(List.of(new Item(limit, 11), new Item(limit, 2, true, false)), true);
        assertEquals(List.of(false, true), looked.stream().map(Answer::admitted).toList());
        assertEquals(0, looked.get(1).retryAfter());
        assertEquals(3, script.decide(limit, 0).remaining());
    }

    @Provide
    Arbitrary<String> algorithms() {
        return Arbitraries.of(Histories.ALGORITHMS);
    }

    private static List<Item> items(Scene scene, Call call) {
        return call.picks().stream().map(pick -> new Item(scene.limits().get(pick.limit()), pick.cost(),
                pick.overdraft(), pick.quota())).toList();
    }

    private static List<Item> ordinary(Scene scene, Call call) {
        return items(scene, call).stream().map(item -> new Item(item.limit(), item.cost())).toList();
    }
}
