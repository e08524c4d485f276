package dev.millrace.ratelimit;

import java.util.List;

import dev.millrace.ratelimit.model.Limit;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random limits and what may happen to them. */
final class Histories {

    static final List<String> ALGORITHMS = List.of("sliding-window", "sliding-window-counter", "fixed-window",
            "token-bucket");

    /** Some time passes, µs, then so much is asked for; 0 looks. */
    record Step(long advance, long cost) {}

    /** A limit and what happens to it. */
    record History(Limit limit, List<Step> steps) {}

    private Histories() {}

    static Arbitrary<History> histories() {
        return limits().flatMap(limit -> steps(limit).map(steps -> new History(limit, steps)));
    }

    /** Near the highest limits and windows that policies may have. */
    static Arbitrary<History> hugeHistories() {
        Arbitrary<Limit> limits = Combinators.combine(
                Arbitraries.of("sliding-window-counter", "fixed-window", "token-bucket"),
                Arbitraries.longs().between(900_000_000, 1_000_000_000),
                Arbitraries.longs().between(31_000_000_000L, 31_622_400_000L)).as(Limit::of);
        return limits.flatMap(limit -> Combinators
                .combine(Arbitraries.longs().between(0, limit.window() / 2),
                        Arbitraries.longs().between(1, limit.limit() / 2))
                .as(Step::new).list().ofMinSize(1).ofMaxSize(30).map(steps -> new History(limit, steps)));
    }

    static Arbitrary<Limit> limits() {
        return Combinators.combine(Arbitraries.of(ALGORITHMS), Arbitraries.longs().between(1, 20),
                Arbitraries.of(1L, 7L, 1000L, 1001L, 60_000L, 3_600_000L, 31_622_400_000L),
                Arbitraries.longs().between(1, 30)).as((algorithm, limit, window, burst) -> {
                    Limit plain = Limit.of(algorithm, limit, window);
                    return algorithm.equals("token-bucket") ? plain.withBurst(burst) : plain;
                });
    }

    static Arbitrary<List<Step>> steps(Limit limit) {
        return Combinators.combine(advances(limit.window()), costs(limit)).as(Step::new).list().ofMinSize(1)
                .ofMaxSize(60);
    }

    /** Mostly short, and now and then what ends a window, or nearly. */
    static Arbitrary<Long> advances(long window) {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(0L)),
                Tuple.of(6, Arbitraries.longs().between(1, Math.max(1, window / 4))),
                Tuple.of(2, Arbitraries.longs().between(1, window)),
                Tuple.of(1, Arbitraries.of(1L, 999L, 1000L, window - 1, window, window + 1, 2 * window)),
                Tuple.of(1, Arbitraries.longs().between(window, 4 * window)));
    }

    /** Mostly 1; now and then a look, more than is left, or more than there ever is. */
    static Arbitrary<Long> costs(Limit limit) {
        return Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(1L)),
                Tuple.of(2, Arbitraries.just(0L)),
                Tuple.of(3, Arbitraries.longs().between(1, limit.capacity() + 2)));
    }
}
