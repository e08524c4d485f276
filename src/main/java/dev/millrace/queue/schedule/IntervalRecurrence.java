package dev.millrace.queue.schedule;

/**
 * Fires at an anchor, and an interval apart before and after it. Occurrences are the anchor plus multiples of the interval, so a late
 * run delays none of the later ones, and a clock that is set back behind the anchor silences none.
 */
record IntervalRecurrence(long anchorMs, long everyMs) implements Recurrence {

    @Override
    public long next(long afterMs) {
        try {
            long passed = Math.floorDiv(Math.subtractExact(afterMs, anchorMs), everyMs);
            return Math.addExact(anchorMs, Math.multiplyExact(passed + 1, everyMs));
        } catch (ArithmeticException e) {
            return -1;
        }
    }
}
