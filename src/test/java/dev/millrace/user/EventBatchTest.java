package dev.millrace.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/**
 * Guarantees of the order of events, for any streams on servers whose clocks disagree, of which one reads a bit at a time while
 * events go on to happen: a listener is given every event exactly once, in one order, and at last all of them.
 */
class EventBatchTest {

    private static final int PARTITIONS = 7;
    private static final int SERVERS = 3;
    private static final int TOLERANCE = 0;

    /** Some time passes, ms; then an event happens in a partition, or, where it is none, the next server is read. */
    record Step(int ms, int partition) {}

    private final List<List<UserEvent>> streams = new ArrayList<>();
    private final List<UserEvent> given = new ArrayList<>();
    private List<Integer> clocks;
    private long time = 1_000_000;
    private EventPosition position = EventPosition.START;
    private EventMerger merge;
    private int nextServer;
    private int most;

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> ms = Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just(0)),
                Tuple.of(1, Arbitraries.integers().between(1, 5)));
        return Combinators.combine(ms, Arbitraries.integers().between(-4, PARTITIONS - 1)).as(Step::new).list()
                .ofMaxSize(200);
    }

    @Property
    void everyEventIsGivenOnceInOneOrder(@ForAll("steps") List<Step> steps,
            @ForAll @Size(SERVERS) List<@IntRange(max = 20) Integer> clocks,
            @ForAll @IntRange(min = 1, max = 4) int most) {
        begin(clocks, most);
        for (Step step : steps) {
            time += step.ms();
            if (step.partition() < 0) {
                readNextServer();
            } else {
                happen(step.partition());
            }
        }
        time += 1000;
        int rounds = 0;
        while (given.size() < all().size()) {
            readNextServer();
            assertTrue(rounds++ <= SERVERS * (all().size() + 1), "comes to an end");
        }
        assertEquals(all(), given);
    }

    /** What was given has nothing before it, so that one who resumes there misses nothing. */
    @Property
    void nothingHappensBeforeWhatWasGiven(@ForAll("steps") List<Step> steps,
            @ForAll @Size(SERVERS) List<@IntRange(max = 20) Integer> clocks) {
        begin(clocks, 3);
        for (Step step : steps) {
            time += step.ms();
            if (step.partition() < 0) {
                readNextServer();
            } else {
                happen(step.partition());
            }
            assertEquals(all().subList(0, given.size()), given);
        }
    }

    @Property
    void aPositionIsReadAsItWasWritten(@ForAll @LongRange(max = 999_999_999_999_999L) long ms,
            @ForAll @IntRange(max = 128) int partition, @ForAll @LongRange(max = 1_000_000) long number) {
        EventPosition position = new EventPosition(ms, partition, number);
        assertEquals(position, EventPosition.parse(position.toString()));
        assertTrue(EventPosition.START.compareTo(position) <= 0);
        assertEquals(position.ms() < 5, position.compareTo(EventPosition.before(5)) < 0);
    }

    @Example
    void whatIsNoPositionIsNotReadAsOne() {
        assertEquals(EventPosition.START, EventPosition.parse("0"));
        for (String text : List.of("", "1", "00", "0-0", "1-2", "1-2-3-4", "-1-2-3", "1--3", "a-b-c", "1-2-3 ",
                " 1-2-3",
                "1-1000-3", "1000000000000000-1-1", "1-1-9999999999999999999", "1-2-3\n", "１-２-３", "$", "null")) {
            assertNull(EventPosition.parse(text), text);
        }
    }

    private void begin(List<Integer> clocks, int most) {
        this.clocks = clocks;
        this.most = most;
        position = EventPosition.START;
        merge = new EventMerger(most, position, TOLERANCE);
        nextServer = 0;
        given.clear();
        streams.clear();
        for (int p = 0; p < PARTITIONS; p++) {
            streams.add(new ArrayList<>());
        }
    }

    /** As XADD numbers it: by its server's clock. */
    private void happen(int partition) {
        List<UserEvent> stream = streams.get(partition);
        long ms = clock(partition % SERVERS);
        EventPosition last = stream.isEmpty() ? EventPosition.START : stream.get(stream.size() - 1).position();
        EventPosition next = new EventPosition(ms, partition, last.ms() == ms ? last.number() + 1 : 0);
        stream.add(new UserEvent(next, "session.created", Map.of("id", next.toString())));
    }

    /** One server after the other, with whatever happens in between; after the last one, listeners get what is certain. */
    private void readNextServer() {
        merge.clock(clock(nextServer));
        for (int p = nextServer; p < PARTITIONS; p += SERVERS) {
            List<UserEvent> events = streams.get(p).stream().filter(e -> e.position().compareTo(position) > 0)
                    .limit(most)
                    .toList();
            if (!events.isEmpty()) {
                merge.stream(events);
            }
        }
        nextServer = (nextServer + 1) % SERVERS;
        if (nextServer == 0) {
            EventBatch batch = merge.batch();
            given.addAll(batch.events());
            position = batch.last();
            merge = new EventMerger(most, position, TOLERANCE);
        }
    }

    private long clock(int server) {
        return time + clocks.get(server);
    }

    private List<UserEvent> all() {
        return streams.stream().flatMap(List::stream).sorted((a, b) -> a.position().compareTo(b.position())).toList();
    }
}
