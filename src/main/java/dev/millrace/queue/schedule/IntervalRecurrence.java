package dev.millrace.queue.schedule;

/**
 * Fires at an anchor and after every interval from then on. Occurrences are the anchor plus multiples of the interval, so a
 * late run delays none of the later ones.
 */
record IntervalRecurrence(long anchorMs, long everyMs) implements Recurrence {

    @Override
    public long next(long afterMs) {
        if (afterMs < anchorMs) {
            return anchorMs;
        }
        try {
            long passed = Math.subtractExact(afterMs, anchorMs) / everyMs;
            return Math.addExact(anchorMs, Math.multiplyExact(passed + 1, everyMs));
        } catch (ArithmeticException e) {
            return -1;
        }
    }
}
