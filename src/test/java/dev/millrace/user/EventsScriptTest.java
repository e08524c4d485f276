package dev.millrace.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

import dev.millrace.redis.VirtualRedis;
import dev.millrace.user.UserEvents.StreamEvents;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Guarantees of reading events: exactly what comes after the position in the one order, of each stream the first so many. */
class EventsScriptTest {

    private static final int PARTITIONS = 4;
    private static final int FIRST = 9;

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final UserEvents store = new UserEvents(redis.dataSource(), () -> false, redis);

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
        redis.advance(800_000);
        NavigableSet<EventPosition> events = new TreeSet<>(Comparator.naturalOrder());
        happened.stream().filter(p -> p.partition() >= FIRST && p.partition() < FIRST + PARTITIONS)
                .forEach(events::add);
        for (EventPosition event : events) {
            redis.call("XADD", Owner.events(VirtualUser.TENANT, event.partition()), event.ms() + "-" + event.number(),
                    "type", event);
        }
        Map<Integer, List<UserEvent>> expected = new LinkedHashMap<>();
        for (int p = FIRST; p < FIRST + PARTITIONS; p++) {
            int partition = p;
            List<UserEvent> read = events.stream().filter(e -> e.partition() == partition && e.compareTo(after) > 0)
                    .limit(most).map(e -> new UserEvent(e, e.toString(), Map.of())).toList();
            if (!read.isEmpty()) {
                expected.put(p, read);
            }
        }
        StreamEvents found = VirtualRedis
                .await(store.read(VirtualUser.TENANT, FIRST, FIRST + PARTITIONS, after, most));
        assertEquals(redis.ms(), found.now());
        assertEquals(List.copyOf(expected.entrySet()), List.copyOf(found.byPartition().entrySet()));
    }

    /** An event of after the step may be repeated, but none is missed. */
    @Example
    void aClockThatIsSetBackHidesNoEvent() {
        VirtualRedis.fresh();
        redis.advance(7_200_000_000L);
        emit(3, "before");
        redis.advance(2000);
        EventBatch first = VirtualRedis.await(store.read(VirtualUser.TENANT, EventPosition.START));
        assertEquals(List.of("before"), types(first));
        redis.advance(-3_600_000_000L);
        emit(4, "after");
        redis.advance(40_000_000);
        EventBatch none = VirtualRedis.await(store.read(VirtualUser.TENANT, first.last()));
        assertEquals(List.of(), types(none));
        assertTrue(none.more());
        EventBatch second = VirtualRedis.await(store.read(VirtualUser.TENANT, none.last()));
        assertEquals(List.of("after"), types(second));
        assertEquals(List.of(), types(VirtualRedis.await(store.read(VirtualUser.TENANT, second.last()))));
    }

    /** In the ms in which a position was taken, the clock was not set back. */
    @Example
    void aPositionOfThisMsIsNotOfTheFuture() {
        VirtualRedis.fresh();
        EventPosition now = EventPosition.before(redis.ms());
        EventBatch batch = VirtualRedis.await(store.read(VirtualUser.TENANT, now));
        assertEquals(new EventBatch(List.of(), now, false), batch);
    }

    private void emit(int partition, String type) {
        redis.call("XADD", Owner.events(VirtualUser.TENANT, partition), redis.ms() + "-0", "type", type);
    }

    private static List<String> types(EventBatch batch) {
        return batch.events().stream().map(UserEvent::type).toList();
    }

    @Provide
    Arbitrary<List<EventPosition>> some() {
        return positions().list().ofMaxSize(40);
    }
}
