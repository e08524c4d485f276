package dev.millrace.user;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

import dev.millrace.redis.VirtualRedis;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Guarantees of reading events: exactly what comes after the position in the one order, of each stream the first so many. */
class EventsScriptTest {

    private static final int PARTITIONS = 4;
    private static final int FIRST = 9;

    private final VirtualRedis redis = VirtualRedis.fresh();

    /** Few different ones, so that many are next to each other. */
    @Provide
    Arbitrary<EventPosition> positions() {
        return Combinators.combine(Arbitraries.longs().between(1, 4),
                Arbitraries.integers().between(FIRST - 1, FIRST + PARTITIONS), Arbitraries.longs().between(0, 2))
                .as(EventPosition::new);
    }

    @Property
    void whatComesAfterAPositionIsRead(@ForAll("some") List<EventPosition> happened,
            @ForAll("positions") EventPosition after, @ForAll @IntRange(min = 1, max = 5) int most) {
        VirtualRedis.fresh();
        NavigableSet<EventPosition> events = new TreeSet<>(Comparator.naturalOrder());
        happened.stream().filter(p -> p.partition() >= FIRST && p.partition() < FIRST + PARTITIONS)
                .forEach(events::add);
        for (EventPosition event : events) {
            redis.call("XADD", "stream" + event.partition(), event.ms() + "-" + event.number(), "type", event);
        }
        List<Object> expected = new ArrayList<>(List.of(redis.now() / 1000));
        for (int p = FIRST; p < FIRST + PARTITIONS; p++) {
            int partition = p;
            List<?> entries = events.stream().filter(e -> e.partition() == partition && e.compareTo(after) > 0)
                    .limit(most)
                    .map(e -> List.of(e.ms() + "-" + e.number(), List.of("type", e.toString()))).toList();
            if (!entries.isEmpty()) {
                expected.addAll(List.of((long) p, entries));
            }
        }
        assertEquals(expected, redis.raw("user/events-N",
                IntStream.range(FIRST, FIRST + PARTITIONS).mapToObj(p -> "stream" + p).toList(),
                List.of(FIRST, after.ms(), after.partition(), after.number(), most)));
    }

    @Provide
    Arbitrary<List<EventPosition>> some() {
        return positions().list().ofMaxSize(40);
    }
}
