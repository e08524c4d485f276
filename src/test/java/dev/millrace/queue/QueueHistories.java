package dev.millrace.queue;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.Backoff;
import dev.millrace.queue.model.Debounce;
import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.OnDuplicate;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.model.UniqueUntil;
import dev.millrace.redis.Refusals;
import dev.millrace.redis.VirtualRedis.Refusal;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random histories of a queue, with many moments at which something is due or ends, or just does not. */
final class QueueHistories {

    /** What is done. */
    enum Action {
        ENQUEUE,
        RESERVE,
        COMPLETE,
        FAIL,
        EXTEND,
        RELEASE,
        CANCEL,
        RETRY,
        REDRIVE,
        DRAIN,
        PAUSE,
        RESUME,
        SWEEP,
        LIST,
        SCHEDULE,
        FIRE,
        LIMIT
    }

    /** How much time passes before. */
    enum Passing {
        SOME,
        UNTIL_JUST_BEFORE_AN_END,
        UNTIL_AN_END,
        UNTIL_JUST_AFTER_AN_END
    }

    /**
     * Some time passes, then something is done.
     *
     * @param micros how much, if it is SOME
     * @param which delivery or job: 0 is the newest
     * @param n whatever the action needs, 0 to 11
     * @param many how many deliveries or jobs
     * @param jobs for ENQUEUE and FIRE
     * @param refusal of what the first script of the step writes
     */
    record Step(Passing passing, long micros, Action action, int which, int n, int many, List<NewJob> jobs,
            Refusal refusal) {}

    static final List<String> GROUPS = List.of("a", "b {%");

    private QueueHistories() {}

    static Arbitrary<List<Step>> histories() {
        Arbitrary<Passing> passing = Arbitraries.frequency(Tuple.of(12, Passing.SOME),
                Tuple.of(1, Passing.UNTIL_JUST_BEFORE_AN_END), Tuple.of(2, Passing.UNTIL_AN_END),
                Tuple.of(1, Passing.UNTIL_JUST_AFTER_AN_END));
        Arbitrary<Long> micros = Arbitraries.frequencyOf(Tuple.of(8, Arbitraries.just(0L)),
                Tuple.of(4, Arbitraries.longs().between(1, 20_000)),
                Tuple.of(2, Arbitraries.longs().between(1, 1_500_000)),
                Tuple.of(1, Arbitraries.longs().between(1, 100_000_000)));
        return Combinators.combine(passing, micros, actions(), Arbitraries.integers().between(0, 7),
                Arbitraries.integers().between(0, 11), Arbitraries.integers().between(1, 4),
                jobs().list().ofMinSize(1).ofMaxSize(4), Refusals.some()).as(Step::new).list().ofMinSize(5)
                .ofMaxSize(50);
    }

    private static Arbitrary<Action> actions() {
        return Arbitraries.frequency(Tuple.of(14, Action.ENQUEUE), Tuple.of(14, Action.RESERVE),
                Tuple.of(7, Action.COMPLETE), Tuple.of(8, Action.FAIL), Tuple.of(3, Action.EXTEND),
                Tuple.of(3, Action.RELEASE), Tuple.of(6, Action.CANCEL), Tuple.of(3, Action.RETRY),
                Tuple.of(2, Action.REDRIVE), Tuple.of(1, Action.DRAIN), Tuple.of(1, Action.PAUSE),
                Tuple.of(2, Action.RESUME), Tuple.of(4, Action.SWEEP), Tuple.of(2, Action.LIST),
                Tuple.of(1, Action.SCHEDULE), Tuple.of(2, Action.FIRE), Tuple.of(2, Action.LIMIT));
    }

    private static Arbitrary<NewJob> jobs() {
        Arbitrary<NewJob> plain = Arbitraries.of(0, 1, 2)
                .map(n -> NewJob.of("plain", new JsonValue("{\"n\":" + n + '}')));
        return Arbitraries.frequencyOf(Tuple.of(1, plain), Tuple.of(3, special()));
    }

    private static Arbitrary<NewJob> special() {
        Arbitrary<Integer> priorities = Arbitraries.of(null, null, 0, 5, -5);
        Arbitrary<Duration> delays = Arbitraries.of(null, null, null, Duration.ZERO, Duration.ofMillis(1),
                Duration.ofMillis(700), Duration.ofSeconds(5));
        // Some of them are past when they are asked for.
        Arbitrary<String> times = Arbitraries.of(null, null, null, null, "2026-01-01T00:00:01Z",
                "1969-12-31T00:00:00Z");
        Arbitrary<Duration> leases = Arbitraries.of(null, null, Duration.ofSeconds(1), Duration.ofSeconds(3));
        Arbitrary<Integer> attempts = Arbitraries.of(null, null, 1, 2, 5);
        Arbitrary<Backoff> backoffs = Arbitraries.of(null, null,
                new Backoff(Backoff.Type.FIXED, Duration.ZERO, Duration.ofSeconds(1), 0.0),
                new Backoff(Backoff.Type.FIXED, Duration.ofMillis(777), Duration.ofMillis(500), 1.0),
                new Backoff(Backoff.Type.EXPONENTIAL, Duration.ofMillis(300), Duration.ofMillis(500), 0.5));
        Arbitrary<String> groups = Arbitraries.of(null, null, GROUPS.get(0), GROUPS.get(0), GROUPS.get(0),
                GROUPS.get(1));
        Arbitrary<String> uniqueKeys = Arbitraries.of(null, null, null, "x", "y z");
        Arbitrary<String> idempotencyKeys = Arbitraries.of(null, null, null, null, "x", "y");
        Arbitrary<Duration> ttls = Arbitraries.of(null, null, null, Duration.ofSeconds(1), Duration.ofSeconds(4));
        Arbitrary<NewJob> timed = Combinators.combine(priorities, delays, times, leases, ttls)
                .as((priority, delay, time, lease, ttl) -> NewJob.of("special", null).withPriority(priority)
                        .withDelay(time == null ? delay : null).withRunAt(time).withLease(lease).withTtl(ttl));
        return Combinators.combine(timed, attempts, backoffs, groups, uniqueKeys, idempotencyKeys, duplicates())
                .as((job, most, backoff, group, unique, idempotent, duplicates) -> {
                    NewJob all = job.withRetries(most, backoff).withKeys(unique, idempotent).withGroup(group);
                    return unique == null ? all : duplicates.apply(all);
                });
    }

    /** What is asked for of those with the same unique key. */
    private static Arbitrary<UnaryOperator<NewJob>> duplicates() {
        Arbitrary<UnaryOperator<NewJob>> kept = Arbitraries.of(null, UniqueUntil.STARTED, UniqueUntil.FINISHED)
                .map(until -> job -> job.withDuplicates(until, null, null, null));
        Arbitrary<UnaryOperator<NewJob>> replaced = Arbitraries.of(null, UniqueUntil.STARTED)
                .map(until -> job -> job.withDuplicates(until, OnDuplicate.REPLACE, null, null));
        Arbitrary<UnaryOperator<NewJob>> rerun = Arbitraries
                .just(job -> job.withDuplicates(null, OnDuplicate.RERUN, null, null));
        Arbitrary<UnaryOperator<NewJob>> debounced = Combinators
                .combine(Arbitraries.of(null, UniqueUntil.STARTED), Arbitraries.of(null, 900L, 3000L))
                .as((until, most) -> job -> job.withDelay(null).withRunAt(null).withDuplicates(until, null,
                        new Debounce(Duration.ofMillis(900), most == null ? null : Duration.ofMillis(most)), null));
        Arbitrary<UnaryOperator<NewJob>> throttled = Arbitraries.of(1L, 1500L)
                .map(window -> job -> job.withDuplicates(null, null, null, Duration.ofMillis(window)));
        return Arbitraries.oneOf(kept, replaced, rerun, rerun, debounced, debounced, throttled);
    }

    /** Several of what may hold in a queue. */
    static Arbitrary<QueueSettings> settings() {
        return Combinators.combine(Arbitraries.of(0, 0, 0, 1, 3), Arbitraries.of(0, 0, 0, 1, 4),
                Arbitraries.of(1, 2, 3), Arbitraries.of(0, 1, 3), Arbitraries.of(0L, 0L, 1500L),
                Arbitraries.of(1_209_600_000L, 0L, 2500L), Arbitraries.of(1, 1, 2))
                .as((concurrency, rate, attempts, stalls, completed, dead, ofGroup) -> QueueSettings.DEFAULT
                        .withLimits(concurrency, rate, rate == 0 ? 0 : 1000).withRetries(attempts, Backoff.DEFAULT)
                        .withLease(2000, stalls).withRetention(completed, dead)
                        .withGroups(ofGroup == 1 ? "" : new GroupDefinition(ofGroup, null).encode()));
    }
}
