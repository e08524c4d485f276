package dev.millrace.cache;

import java.util.List;

import dev.millrace.redis.Refusals;
import dev.millrace.redis.VirtualRedis.Refusal;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random histories of a few entries in two regions, with many moments at which something ends, or just does not. */
final class CacheHistories {

    /** What is done. */
    enum Action {
        PUT,
        FILL,
        GET,
        LEASE,
        GET_ON_ERROR,
        DELETE,
        PURGE_TAG,
        PURGE_OTHER_TAGS,
        PURGE_REGION,
        LOSE_VERSIONS,
        LOSE_ENTRY
    }

    /** How much time passes before. */
    enum Passing {
        SOME,
        UNTIL_JUST_BEFORE_AN_END,
        UNTIL_AN_END
    }

    /**
     * Some time passes, then something is done.
     *
     * @param micros how much, if it is SOME
     * @param entry which one, 0 to 3: two of each region
     * @param n whatever the action needs, 0 to 7
     * @param refusal of what it writes
     */
    record Step(Passing passing, long micros, Action action, int entry, int n, long fresh, long stale, long error,
            Refusal refusal) {

        Step refused(Refusal why) {
            return new Step(passing, micros, action, entry, n, fresh, stale, error, why);
        }
    }

    private CacheHistories() {}

    static Arbitrary<List<Step>> histories() {
        Arbitrary<Passing> passing = Arbitraries.frequency(Tuple.of(8, Passing.SOME),
                Tuple.of(1, Passing.UNTIL_JUST_BEFORE_AN_END), Tuple.of(1, Passing.UNTIL_AN_END));
        Arbitrary<Long> micros = Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just(0L)),
                Tuple.of(4, Arbitraries.longs().between(1, 20_000)),
                Tuple.of(3, Arbitraries.longs().between(1, 500_000)),
                Tuple.of(1, Arbitraries.longs().between(1, 200_000_000)));
        Arbitrary<Step> steps = Combinators.combine(passing, micros, actions(), Arbitraries.integers().between(0, 3),
                Arbitraries.integers().between(0, 7), Arbitraries.of(1L, 20L, 105L, 5000L, 34_560_000_000L),
                Arbitraries.of(0L, 1L, 50L, 5000L), Arbitraries.of(0L, 1L, 300L, 60_000L))
                .as((how, time, action, entry, n, fresh, stale, error) -> new Step(how, time, action, entry, n, fresh,
                        stale,
                        error, Refusal.NONE));
        return Combinators.combine(steps, Refusals.some()).as(Step::refused).list().ofMinSize(10).ofMaxSize(80);
    }

    private static Arbitrary<Action> actions() {
        return Arbitraries.frequency(Tuple.of(8, Action.PUT), Tuple.of(8, Action.FILL), Tuple.of(6, Action.GET),
                Tuple.of(10, Action.LEASE), Tuple.of(3, Action.GET_ON_ERROR), Tuple.of(2, Action.DELETE),
                Tuple.of(3, Action.PURGE_TAG), Tuple.of(3, Action.PURGE_OTHER_TAGS), Tuple.of(1, Action.PURGE_REGION),
                Tuple.of(1, Action.LOSE_VERSIONS), Tuple.of(1, Action.LOSE_ENTRY));
    }
}
