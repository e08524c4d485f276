package dev.millrace.queue.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.millrace.queue.model.NewJob;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Guarantees of which occurrences are enqueued after an outage, and of what a put and the clock do to the next occurrence. */
class OccurrencesTest {

    private static final long HOUR = 3_600_000;
    private static final NewJob JOB = NewJob.of("t", null);

    private static ScheduleDefinition every(Duration every) {
        return ScheduleDefinition.of(null, every, null, JOB);
    }

    private static ScheduleDefinition cron(String cron, String zone) {
        return ScheduleDefinition.of(cron, null, zone, JOB);
    }

    @Property
    void theLatestAreEnqueuedInOrder(@ForAll @LongRange(min = 1000, max = 90_000) long every,
            @ForAll @LongRange(min = 0, max = 500_000) long late, @ForAll @IntRange(min = 1, max = 12) int most,
            @ForAll boolean cron) {
        Recurrence recurrence = cron
                ? Recurrences.of("*/" + (1 + every / 2000 % 50) + " * * * * *", null, null, 0)
                : Recurrences.of(null, Duration.ofMillis(every), null, 77);
        long first = recurrence.next(1_000_000);
        List<Long> all = new ArrayList<>();
        for (long at = first; at <= first + late; at = recurrence.next(at)) {
            all.add(at);
        }
        assertEquals(all.subList(Math.max(0, all.size() - most), all.size()),
                Occurrences.due(recurrence, first, first + late, most));
    }

    @Test
    void manyMissedOccurrencesAreNotCounted() {
        Recurrence each = Recurrences.of("* * * JAN *", null, null, 0);
        long first = Instant.parse("2020-01-01T00:00:00Z").toEpochMilli();
        long now = Instant.parse("2026-06-30T12:00:00Z").toEpochMilli();
        List<Long> due = Occurrences.due(each, first, now, 1000);
        assertEquals(1000, due.size());
        assertEquals("2026-01-31T23:59:00Z", Instant.ofEpochMilli(due.get(999)).toString());
        assertEquals(List.of(due.get(999)), Occurrences.due(each, first, now, 1));
    }

    /** They are computed on the event loop. */
    @Test
    void findingTheLatestTakesAFewStepsForEach() {
        for (String cron : List.of("* * * * *", "*/7 9-17 * * 1-5", "* * * JAN *", "0 3 * * *")) {
            Recurrence recurrence = Recurrences.of(cron, null, "Europe/Berlin", 0);
            AtomicInteger steps = new AtomicInteger();
            Recurrence counted = after -> {
                steps.incrementAndGet();
                return recurrence.next(after);
            };
            List<Long> due = Occurrences.due(counted, recurrence.next(0),
                    Instant.parse("2026-06-30T12:00:00Z").toEpochMilli(), 1000);
            assertEquals(1000, due.size());
            assertTrue(steps.get() < 6000, () -> cron + " took " + steps);
        }
    }

    @Test
    void theOccurrenceThatIsStoredNeedNotBeOneOfTheRecurrence() {
        Recurrence hourly = Recurrences.of(null, Duration.ofHours(1), null, 0);
        assertEquals(List.of(5L), Occurrences.due(hourly, 5, 6, 3));
        assertEquals(List.of(5L, HOUR), Occurrences.due(hourly, 5, HOUR, 3));
        assertEquals(List.of(HOUR), Occurrences.due(hourly, 5, HOUR, 1));
    }

    @Test
    void aPutThatRecursAtTheSameTimesKeepsTheNextOccurrence() {
        Schedule before = Schedules.changed("s", null, every(Duration.ofHours(1)), 1000);
        assertEquals(new Schedule("s", every(Duration.ofHours(1)), 1000, 1000 + HOUR), before);
        ScheduleDefinition other = new ScheduleDefinition(null, Duration.ofSeconds(3600), null, 3,
                NewJob.of("other", null));
        assertEquals(new Schedule("s", other, 1000, 1000 + HOUR), Schedules.changed("s", before, other, HOUR / 2));
        Schedule weekly = Schedules.changed("s", null, cron("0 0 * * 0", null), 1000);
        assertEquals(weekly.nextMs(), Schedules.changed("s", weekly, cron("@weekly", "Etc/UTC"), 2000).nextMs());
        Schedule late = new Schedule("s", every(Duration.ofHours(1)), 1000, 1000 + HOUR);
        assertEquals(1000 + HOUR, Schedules.changed("s", late, every(Duration.ofHours(1)), 9 * HOUR).nextMs());
    }

    @Test
    void aPutThatChangesTheRecurrenceKeepsAnOccurrenceThatIsDue() {
        Schedule before = new Schedule("s", every(Duration.ofHours(1)), 1000, 1000 + HOUR);
        assertEquals(1000 + 600_000, Schedules.changed("s", before, every(Duration.ofMinutes(10)), 2000).nextMs());
        assertEquals(1000 + HOUR, Schedules.changed("s", before, every(Duration.ofDays(1)), 1000 + HOUR).nextMs());
        assertEquals(1000 + HOUR, Schedules.changed("s", before, cron("@yearly", null), 1000 + HOUR).nextMs());
        assertEquals(24 * HOUR, Schedules.changed("s", before, cron("@daily", null), 2000).nextMs());
    }

    @Test
    void schedulesThatAreChangedMoreOftenThanTheyRecurStillFire() {
        Schedule schedule = Schedules.changed("s", null, every(Duration.ofMinutes(30)), 0);
        for (int minute = 1; minute < 60; minute++) {
            schedule = Schedules.changed("s", schedule, every(Duration.ofMinutes(minute % 2 == 0 ? 30 : 20)),
                    minute * 60_000L);
        }
        assertTrue(schedule.nextMs() <= HOUR, () -> "is due within the hour");
    }

    @Test
    void aClockThatIsSetBackSilencesNone() {
        Schedule hourly = new Schedule("s", every(Duration.ofHours(1)), 100 * HOUR, 101 * HOUR);
        assertEquals(-1, ScheduleRunner.sooner(hourly, 100 * HOUR), "it is the next one");
        assertEquals(-1, ScheduleRunner.sooner(hourly, 102 * HOUR), "it is due");
        assertEquals(-1, ScheduleRunner.sooner(hourly, 100 * HOUR - 5), "the one before was enqueued");
        assertEquals(99 * HOUR, ScheduleRunner.sooner(hourly, 99 * HOUR - 1));
        assertEquals(2 * HOUR, ScheduleRunner.sooner(hourly, HOUR), "long before it was set");
        Schedule daily = new Schedule("s", cron("@daily", null), 0, 240 * HOUR);
        assertEquals(-1, ScheduleRunner.sooner(daily, 200 * HOUR));
        assertEquals(48 * HOUR, ScheduleRunner.sooner(daily, 24 * HOUR));
    }
}
