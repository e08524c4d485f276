package dev.millrace.queue.schedule;

import static dev.millrace.redis.VirtualRedis.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.schedule.ScheduleStore.Found;
import dev.millrace.queue.schedule.ScheduleStore.Read;
import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.redis.VirtualRedis;
import dev.millrace.settings.PutResult;

/** Guarantees of the store behind schedules: each is read as it was set, by name or when it is due; and there is a bound on them. */
class ScheduleScriptsTest {

    private static final QueueName QUEUE = new QueueName("main", "jobs");
    private static final ScheduleDefinition HOURLY = ScheduleDefinition.of(null, Duration.ofHours(1), null,
            NewJob.of("t", null));

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final ScheduleStore store = new ScheduleStore(redis,
            new ObjectMapper().registerModule(new JavaTimeModule()));

    private PutResult put(String name, long next, int max) {
        List<Read> reads = await(store.named(QUEUE, name)).reads();
        return await(store.put(QUEUE, new Schedule(name, HOURLY, 5, next), next, max,
                reads.isEmpty() ? null : reads.get(0)));
    }

    private static List<String> described(Found found) {
        return found.schedules().stream().map(s -> s.name() + " " + s.nextMs()).sorted().toList();
    }

    @Test
    void aScheduleIsReadAsItWasSet() {
        redis.advance(800_000);
        assertEquals(PutResult.CREATED, put("a", 1000, 9));
        Found found = await(store.named(QUEUE, "a"));
        assertEquals(redis.ms(), found.nowMs());
        assertEquals(List.of(new Schedule("a", HOURLY, 5, 1000)), found.schedules());
        assertEquals(PutResult.REPLACED, put("a", 2000, 9));
        assertEquals(List.of("a 2000"), described(await(store.named(QUEUE, "a"))));
        assertEquals(List.of(), await(store.named(QUEUE, "b")).schedules());
    }

    @Test
    void allSchedulesAreRead() {
        put("a", 1000, 9);
        put("b", 2000, 9);
        assertEquals(List.of("a 1000", "b 2000"), described(await(store.all(QUEUE))));
    }

    @Test
    void aQueueHasNoMoreSchedulesThanItMay() {
        put("a", 1000, 2);
        assertEquals(PutResult.CREATED, put("b", 1000, 2));
        assertEquals(PutResult.TOO_MANY, put("c", 1000, 2));
        assertEquals(PutResult.REPLACED, put("a", 1000, 2));
        assertEquals(List.of("a 1000", "b 1000"), described(await(store.all(QUEUE))));
    }

    @Test
    void aScheduleThatHasChangedSinceItWasReadIsNotReplaced() {
        put("a", 1000, 9);
        Read read = await(store.named(QUEUE, "a")).reads().get(0);
        Schedule other = new Schedule("a", HOURLY, 6, 3000);
        assertNull(await(store.put(QUEUE, other, 3000, 9, null)), "it was set");
        await(store.move(QUEUE, read.schedule(), 2000));
        assertNull(await(store.put(QUEUE, other, 3000, 9, read)), "it was moved");
        read = await(store.named(QUEUE, "a")).reads().get(0);
        assertEquals(2000, read.nextMs());
        assertEquals(PutResult.REPLACED, await(store.put(QUEUE, other, 3000, 9, read)));
        assertNull(await(store.put(QUEUE, other, 3000, 9, new Read(null, read.text(), 3000))), "it was replaced");
        assertEquals(List.of("a 3000"), described(await(store.all(QUEUE))));
        assertTrue(await(store.delete(QUEUE, "a")));
        assertNull(await(store.put(QUEUE, other, 3000, 9, read)), "it was removed");
        assertEquals(List.of(), redis.call("KEYS", "*"));
    }

    @Test
    void aScheduleThatHasChangedSinceItWasReadIsNotMoved() {
        put("a", 1000, 9);
        assertFalse(await(store.move(QUEUE, new Schedule("a", HOURLY, 5, 1001), 500)));
        assertFalse(await(store.move(QUEUE, new Schedule("b", HOURLY, 5, 1000), 500)));
        assertEquals(List.of("a 1000"), described(await(store.all(QUEUE))));
        assertTrue(await(store.move(QUEUE, new Schedule("a", HOURLY, 5, 1000), 500)));
        assertEquals(List.of("a 500"), described(await(store.all(QUEUE))));
    }

    @Test
    void aScheduleMayEnd() {
        put("a", 1000, 9);
        assertEquals(PutResult.REPLACED, put("a", -1, 9));
        assertEquals(List.of("a 0"), described(await(store.all(QUEUE))));
        assertEquals(PutResult.REPLACED, put("a", 7, 9));
        assertEquals(List.of("a 7"), described(await(store.all(QUEUE))));
    }

    @Test
    void tenAtATimeAreReadByTheirNextOccurrence() {
        for (int i = 0; i < 12; i++) {
            put("s" + (10 + i), i, 99);
        }
        assertEquals(10, await(store.some(QUEUE, 0)).schedules().size());
        assertEquals(List.of("s20 10", "s21 11"), described(await(store.some(QUEUE, 10))));
        assertEquals(List.of(), described(await(store.some(QUEUE, 12))));
    }

    @Test
    void theNextOccurrenceOfAllIsKnown() {
        assertEquals(0, await(store.all(QUEUE)).soonestMs());
        long now = redis.ms();
        put("a", now, 9);
        assertEquals(0, await(store.due(QUEUE, 0)).soonestMs(), "it is due");
        put("b", now + 2, 9);
        put("c", now + 1, 9);
        assertEquals(now + 1, await(store.due(QUEUE, 0)).soonestMs());
    }

    @Test
    void aScheduleThatCannotBeReadIsLeftOutAndMayBeReplaced() {
        put("a", 1000, 9);
        put("b", 1000, 9);
        redis.call("HSET", "mr:{main:q:jobs}:schedules", "a", "nonsense");
        assertEquals(List.of("b 1000"), described(await(store.all(QUEUE))));
        assertEquals(PutResult.REPLACED, put("a", 2000, 9));
        assertEquals(List.of("a 2000", "b 1000"), described(await(store.all(QUEUE))));
    }

    @Test
    void aRemovedScheduleIsGone() {
        put("a", redis.ms(), 9);
        assertTrue(await(store.delete(QUEUE, "a")));
        assertFalse(await(store.delete(QUEUE, "a")));
        assertEquals(List.of(), await(store.all(QUEUE)).schedules());
        assertEquals(List.of(), await(store.due(QUEUE, 0)).schedules());
        assertEquals(List.of(), redis.call("KEYS", "*"), "nothing is left of it");
    }

    @Test
    void aScheduleIsDueFromTheMillisecondOfItsOccurrenceOn() {
        put("a", redis.ms() + 1, 9);
        assertEquals(List.of(), await(store.due(QUEUE, 0)).schedules());
        redis.advance(1000);
        assertEquals(List.of("a " + redis.ms()), described(await(store.due(QUEUE, 0))));
    }

    @Test
    void aHundredOfThoseThatAreDueAreReadTheEarliestFirst() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            put("s" + (1000 + i), i, 200);
            expected.add("s" + (1000 + i) + " " + i);
        }
        assertEquals(expected.subList(0, 100), described(await(store.due(QUEUE, 0))));
        assertEquals(expected.subList(98, 101), described(await(store.due(QUEUE, 98))));
    }

    @Test
    void aScheduleWithoutAnotherOccurrenceHasNoNextOne() {
        put("a", 1000, 9);
        new VirtualQueue(redis, QueueSettings.DEFAULT).fire("a", 1000, -1, NewJob.of("t", null));
        assertEquals(List.of("a 0"), described(await(store.all(QUEUE))));
    }
}
