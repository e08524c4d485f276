package dev.millrace.queue.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.LongRange;

/**
 * Guarantees of cron expressions: whatever is asked for, wherever clocks are changed and however, they fire exactly when
 * somebody who looks at the clock all the time would.
 */
class CronPropertiesTest {

    private static final long DAY = 86_400;

    /** A change of the clock; Cairo's and Santiago's are at midnight, Lord Howe's is half an hour, Apia skipped a day. */
    enum Change {

        BERLIN_SPRING("Europe/Berlin", "2026-03-29T01:00:00Z"), //
        BERLIN_AUTUMN("Europe/Berlin", "2026-10-25T01:00:00Z"), //
        BERLIN_NEXT_SPRING("Europe/Berlin", "2027-03-28T01:00:00Z"), //
        BERLIN_NEXT_AUTUMN("Europe/Berlin", "2027-10-31T01:00:00Z"), //
        NEW_YORK_SPRING("America/New_York", "2026-03-08T07:00:00Z"), //
        NEW_YORK_AUTUMN("America/New_York", "2026-11-01T06:00:00Z"), //
        LORD_HOWE_SPRING("Australia/Lord_Howe", "2026-10-03T15:30:00Z"), //
        LORD_HOWE_AUTUMN("Australia/Lord_Howe", "2026-04-04T15:00:00Z"), //
        CAIRO_SPRING("Africa/Cairo", "2025-04-24T22:00:00Z"), //
        CAIRO_AUTUMN("Africa/Cairo", "2025-10-30T21:00:00Z"), //
        SANTIAGO_AUTUMN("America/Santiago", "2026-04-05T03:00:00Z"), //
        APIA_SKIPS_A_DAY("Pacific/Apia", "2011-12-30T10:00:00Z");

        final ZoneId zone;
        final Instant at;

        Change(String zone, String at) {
            this.zone = ZoneId.of(zone);
            this.at = Instant.parse(at);
        }
    }

    @Example
    void theseChangesAreInTheDatabase() {
        for (Change change : Change.values()) {
            assertEquals(change.at,
                    change.zone.getRules().nextTransition(change.at.minusMillis(1)).getInstant(), change.name());
        }
    }

    @Provide
    Arbitrary<String> expressions() {
        return Combinators.combine(field(0, 59), nightHours(), field(1, 31), field(1, 12), field(0, 7), anyDay())
                .as((minute, hour, day, month, weekday, any) -> minute + " " + hour + " "
                        + (any ? "* * *" : day + " " + month + " " + weekday));
    }

    @Provide
    Arbitrary<String> days() {
        return Combinators.combine(field(1, 31), field(1, 12), field(0, 7))
                .as((day, month, weekday) -> "0 0 " + day + " " + month + " " + weekday);
    }

    @Provide
    Arbitrary<String> expressionsWithSeconds() {
        return Combinators.combine(field(0, 59), field(0, 59), nightHours())
                .as((second, minute, hour) -> second + " " + minute + " " + hour + " * * *");
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void fireWhenTheClockSaysSo(@ForAll("expressions") String cron, @ForAll Change change,
            @ForAll @LongRange(min = -2 * DAY, max = 7200) long offset) {
        Instant from = change.at.plusSeconds(offset / 60 * 60);
        assertFiresAsReference(cron, change.zone, from, from.plusSeconds(2 * DAY), 60);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void fireToTheSecond(@ForAll("expressionsWithSeconds") String cron, @ForAll Change change,
            @ForAll @LongRange(min = -7200, max = 3600) long offset) {
        Instant from = change.at.plusSeconds(offset);
        assertFiresAsReference(cron, change.zone, from, from.plusSeconds(3 * 3600), 1);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void fireAnywhereInTheYear(@ForAll("expressions") String cron,
            @ForAll @LongRange(min = 0, max = 10 * 366 * DAY) long offset) {
        Instant from = Instant.parse("2024-01-01T00:00:00Z").plusSeconds(offset / 60 * 60);
        assertFiresAsReference(cron, ZoneId.of("America/New_York"), from, from.plusSeconds(5 * DAY), 60);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void findTheDayHoweverFar(@ForAll("days") String cron,
            @ForAll @LongRange(min = 0, max = 100 * 366) long offset) {
        LocalDate after = LocalDate.of(2000, 1, 1).plusDays(offset);
        CronReference reference = CronReference.of(cron);
        LocalDate day = after.plusDays(1);
        while (!reference.matches(day) && day.getYear() < after.getYear() + 50) {
            day = day.plusDays(1);
        }
        if (!reference.matches(day)) {
            assertEquals(1, Recurrences.violations(cron, null, null).size(), cron + " never fires");
            return;
        }
        long next = Recurrences.of(cron, null, null, 0)
                .next(after.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
        assertEquals(day.atStartOfDay(ZoneOffset.UTC).toInstant(), Instant.ofEpochMilli(next));
    }

    @Property
    void intervalsDoNotDrift(@ForAll @LongRange(min = 1000, max = 365 * DAY * 1000) long everyMs,
            @ForAll @LongRange(min = 0, max = 1L << 42) long anchor,
            @ForAll @LongRange(min = 0, max = 1L << 42) long after) {
        long next = Recurrences.of(null, Duration.ofMillis(everyMs), null, anchor).next(after);
        assertTrue(next > after);
        assertEquals(0, (next - anchor) % everyMs, "before the anchor, too");
        assertTrue(next - everyMs <= after, "is the first");
    }

    private static void assertFiresAsReference(String cron, ZoneId zone, Instant from, Instant to, long tick) {
        Instant warm = from.minusSeconds(3 * DAY);
        List<Instant> expected = new ArrayList<>(
                CronReference.of(cron).occurrences(tick == 1 ? from.minusSeconds(7200) : warm, to, zone, tick));
        expected.removeIf(at -> at.isBefore(from));
        if (!Recurrences.violations(cron, null, zone.getId()).isEmpty()) {
            assertEquals(List.of(), expected, "what never fires");
            return;
        }
        Recurrence recurrence = Recurrences.of(cron, null, zone.getId(), 0);
        List<Instant> found = new ArrayList<>();
        long next = recurrence.next(from.toEpochMilli() - 1);
        while (next < to.toEpochMilli()) {
            found.add(Instant.ofEpochMilli(next));
            long later = recurrence.next(next);
            assertTrue(later > next, "strictly after");
            next = later;
        }
        assertEquals(expected, found);
    }

    private static Arbitrary<Boolean> anyDay() {
        return Arbitraries.of(true, true, false);
    }

    /** Mostly the hours in which clocks are changed. */
    private static Arbitrary<String> nightHours() {
        return Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.of("*", "0-23", "*/2", "1-4", "0,23")),
                Tuple.of(2, Arbitraries.integers().between(0, 4).map(String::valueOf)),
                Tuple.of(2, field(0, 23)));
    }

    private static Arbitrary<String> field(int least, int most) {
        Arbitrary<Integer> value = Arbitraries.integers().between(least, most);
        Arbitrary<Integer> step = Arbitraries.integers().between(1, most);
        Arbitrary<String> range = Combinators.combine(value, value).as((a, b) -> Math.min(a, b) + "-" + Math.max(a, b));
        Arbitrary<String> item = Arbitraries.oneOf(value.map(String::valueOf), range,
                Combinators.combine(range, step).as((r, s) -> r + "/" + s),
                Combinators.combine(value, step).as((v, s) -> v + "/" + s), step.map(s -> "*/" + s));
        return Arbitraries.oneOf(Arbitraries.just("*"), item,
                item.list().ofMinSize(2).ofMaxSize(3).map(items -> String.join(",", items)));
    }
}
