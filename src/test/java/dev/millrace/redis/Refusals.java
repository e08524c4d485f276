package dev.millrace.redis;

import dev.millrace.redis.VirtualRedis.Refusal;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** For histories in which Redis now and then refuses to write. */
public final class Refusals {

    private Refusals() {}

    /** Mostly none. */
    public static Arbitrary<Refusal> some() {
        return Arbitraries.frequency(Tuple.of(10, Refusal.NONE), Tuple.of(1, Refusal.MEMORY_FULL),
                Tuple.of(1, Refusal.READ_ONLY));
    }
}
