package dev.millrace.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** The first 1,000 labels are counted by name, and all others together. */
class CappedCountersTest {

    private enum Outcome {
        GOOD,
        NOT_GOOD
    }

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CappedCounters<Outcome> counters = new CappedCounters<>(registry, "some.calls", "Calls", "name",
            "outcome", Outcome.class);

    private Double count(String name, String outcome) {
        Counter counter = registry.find("some.calls").tags("name", name, "outcome", outcome).counter();
        return counter == null ? null : counter.count();
    }

    @Test
    void countsByLabelAndOutcome() {
        counters.increment("a", Outcome.GOOD);
        counters.add("a", Outcome.NOT_GOOD, 3);
        counters.increment("a", Outcome.NOT_GOOD);
        counters.add("b", Outcome.GOOD, 0);
        assertEquals(1, count("a", "good"));
        assertEquals(4, count("a", "not_good"));
        assertEquals(0, count("b", "good"));
        assertEquals(0, count("b", "not_good"), "a label that is used has all outcomes");
        assertNull(count("c", "good"));
    }

    @Test
    void labelsAfterTheFirst1000CountAsOther() {
        for (int i = 0; i < 1010; i++) {
            counters.increment("label-" + i, Outcome.GOOD);
        }
        counters.increment("label-999", Outcome.GOOD);
        assertEquals(1, count("label-0", "good"));
        assertEquals(2, count("label-999", "good"));
        assertNull(count("label-1000", "good"));
        assertEquals(10, count("other", "good"));
        assertEquals(2 * 1001, registry.find("some.calls").counters().size());
    }

    @Test
    void aNameThatIsGoneLosesItsSeriesOnceItIsNotUsed() {
        counters.increment("a", Outcome.GOOD);
        counters.increment("b", Outcome.GOOD);
        counters.removeUnused(name -> true, 3);
        counters.increment("a", Outcome.GOOD);
        counters.removeUnused(name -> false, 3);
        assertEquals(2, count("a", "good"), "it was used");
        assertNull(count("b", "good"));
        counters.removeUnused(name -> false, 3);
        assertNull(count("a", "good"));
        assertNull(count("a", "not_good"));
        counters.increment("a", Outcome.GOOD);
        assertEquals(1, count("a", "good"), "a name may come back");
    }

    @Test
    void aNameThatExistsKeepsItsSeriesUnused() {
        counters.increment("a", Outcome.GOOD);
        for (int i = 0; i < 1000; i++) {
            counters.removeUnused("a"::equals, 3);
        }
        assertEquals(1, count("a", "good"));
    }

    @Test
    void aNameThatNeverExistedKeepsItsSeriesForAWhile() {
        counters.increment("a", Outcome.GOOD);
        for (int i = 0; i < 3; i++) {
            counters.removeUnused(name -> false, 3);
            assertEquals(1, count("a", "good"));
        }
        counters.removeUnused(name -> false, 3);
        assertNull(count("a", "good"));
    }

    @Test
    void aNewNameTakesTheRoomOfOneThatIsGone() {
        for (int i = 0; i < 1001; i++) {
            counters.increment("label-" + i, Outcome.GOOD);
        }
        counters.removeUnused(name -> true, 3);
        counters.removeUnused(name -> !name.equals("label-7"), 3);
        counters.increment("new", Outcome.GOOD);
        counters.increment("newer", Outcome.GOOD);
        assertEquals(1, count("new", "good"));
        assertEquals(2, count("other", "good"));
    }
}
