package dev.millrace.queue.schedule;

import java.util.ArrayList;
import java.util.List;

/** Which occurrences of a schedule are enqueued when some are due. */
final class Occurrences {

    private Occurrences() {}

    /**
     * The latest {@code most} of the occurrences that are due, in order.
     *
     * @param first the occurrence that is due for the longest time, in ms since 1970
     * @param nowMs at or after {@code first}
     * @param most at least 1
     */
    static List<Long> due(Recurrence recurrence, long first, long nowMs, int most) {
        List<Long> due = from(recurrence, first, nowMs, most);
        if (due.size() <= most) {
            return due;
        }
        // There may be millions of them. So the latest ones are found by bisection: at most `most` are at or after `late`.
        long early = first;
        long late = nowMs + 1;
        while (late - early > 1) {
            long middle = early + (late - early) / 2;
            if (after(recurrence, middle, nowMs, most).size() > most) {
                early = middle;
            } else {
                late = middle;
            }
        }
        return after(recurrence, late, nowMs, most);
    }

    /** Those at or after {@code at}; it stops when there are more than {@code most}. */
    private static List<Long> after(Recurrence recurrence, long at, long nowMs, int most) {
        long first = recurrence.next(at - 1);
        return first < 0 || first > nowMs ? List.of() : from(recurrence, first, nowMs, most);
    }

    private static List<Long> from(Recurrence recurrence, long first, long nowMs, int most) {
        List<Long> due = new ArrayList<>();
        for (long at = first; at >= 0 && at <= nowMs && due.size() <= most; at = recurrence.next(at)) {
            due.add(at);
        }
        return due;
    }
}
