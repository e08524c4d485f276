package dev.millrace.queue.schedule;

import java.util.ArrayList;
import java.util.Collections;
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
        List<Long> due = new ArrayList<>();
        for (long at = first; at >= 0 && at <= nowMs; at = recurrence.next(at)) {
            if (due.size() == most) {
                return latest(recurrence, first, nowMs, most);
            }
            due.add(at);
        }
        return due;
    }

    /** As {@link #due}, from the latest one back, because there may be millions of them. */
    private static List<Long> latest(Recurrence recurrence, long first, long nowMs, int most) {
        List<Long> latest = new ArrayList<>();
        long before = nowMs + 1;
        long gap = 1;
        while (latest.size() < most) {
            long at = previous(recurrence, before, first, gap);
            latest.add(at);
            if (at == first) {
                break;
            }
            gap = before - at;
            before = at;
        }
        Collections.reverse(latest);
        return latest;
    }

    /**
     * The last occurrence before an instant, or {@code first} if there is none after that. It takes two steps if the occurrence is
     * {@code gap} ms before the instant, and else as many as a bisection.
     */
    private static long previous(Recurrence recurrence, long before, long first, long gap) {
        long at = first;
        // There is no occurrence between `none` and `before`.
        long none = before - 1;
        for (long back = gap; before - back > first; back *= 2) {
            long next = recurrence.next(before - back - 1);
            if (next >= 0 && next < before) {
                at = Math.max(at, next);
                break;
            }
            none = before - back - 1;
        }
        while (true) {
            long next = recurrence.next(at);
            if (next < 0 || next >= before) {
                return at;
            }
            at = next;
            long middle = at + (none - at) / 2;
            next = recurrence.next(middle);
            if (next >= 0 && next < before) {
                at = next;
            } else {
                none = middle;
            }
        }
    }
}
