package dev.millrace.session;

import java.util.List;

import dev.millrace.redis.Refusals;
import dev.millrace.redis.VirtualRedis.Refusal;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random histories of one user's sessions, with many moments at which one ends, or just does not. */
final class SessionHistories {

    /** What is done. */
    enum Action {
        CREATE,
        LOOK,
        TOUCH,
        PATCH,
        ROTATE,
        LOG_OUT,
        REVOKE,
        REVOKE_ALL,
        REVOKE_OTHERS,
        SWEEP,
        LIST
    }

    /** How much time passes before. */
    enum Passing {
        SOME,
        UNTIL_JUST_BEFORE_AN_END,
        UNTIL_AN_END,
        UNTIL_JUST_BEFORE_A_GRACE_ENDS,
        UNTIL_A_GRACE_ENDS
    }

    /**
     * Some time passes, then something is done.
     *
     * @param micros how much, if it is SOME
     * @param session which one: 0 is the newest
     * @param n whatever the action needs, 0 to 6; 0 presents a token that was rotated away
     * @param most sessions, for CREATE
     * @param refusal of what it writes
     */
    record Step(Passing passing, long micros, Action action, int session, int n, long idle, long absolute, int most,
            Refusal refusal) {

        Step refused(Refusal why) {
            return new Step(passing, micros, action, session, n, idle, absolute, most, why);
        }
    }

    private SessionHistories() {}

    static Arbitrary<List<Step>> histories() {
        Arbitrary<Passing> passing = Arbitraries.frequency(Tuple.of(8, Passing.SOME),
                Tuple.of(1, Passing.UNTIL_JUST_BEFORE_AN_END), Tuple.of(1, Passing.UNTIL_AN_END),
                Tuple.of(1, Passing.UNTIL_JUST_BEFORE_A_GRACE_ENDS), Tuple.of(1, Passing.UNTIL_A_GRACE_ENDS));
        Arbitrary<Long> micros = Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just(0L)),
                Tuple.of(4, Arbitraries.longs().between(1, 20_000)),
                Tuple.of(3, Arbitraries.longs().between(1, 500_000)),
                Tuple.of(1, Arbitraries.longs().between(1, 60_000_000)));
        Arbitrary<Step> steps = Combinators.combine(passing, micros, actions(), Arbitraries.integers().between(0, 5),
                Arbitraries.integers().between(0, 6), Arbitraries.of(1L, 50L, 105L, 1000L, 300_001L, 3_600_000L),
                Arbitraries.of(1L, 101L, 500L, 5000L, 400_000L, 34_560_000_000L),
                Arbitraries.integers().between(1, 6))
                .as((how, time, action, session, n, idle, absolute, most) -> new Step(how, time, action, session, n,
                        idle,
                        absolute, most, Refusal.NONE));
        return Combinators.combine(steps, Refusals.some()).as(Step::refused).list().ofMaxSize(60);
    }

    private static Arbitrary<Action> actions() {
        return Arbitraries.frequency(Tuple.of(8, Action.CREATE), Tuple.of(2, Action.LOOK), Tuple.of(5, Action.TOUCH),
                Tuple.of(4, Action.PATCH), Tuple.of(3, Action.ROTATE), Tuple.of(2, Action.LOG_OUT),
                Tuple.of(1, Action.REVOKE), Tuple.of(1, Action.REVOKE_ALL), Tuple.of(1, Action.REVOKE_OTHERS),
                Tuple.of(3, Action.SWEEP), Tuple.of(2, Action.LIST));
    }
}
