package dev.millrace.queue.model;

/**
 * The pace of a rate. A multiple of 1/4096 ms, because times in ms since 1970 are exact as floating-point numbers to that fraction: sums of
 * such intervals are exact, so a rate of 6 per second lets 6 jobs start at once, and not 5. It is rounded down, by 0.1 % at most; below
 * 1/4 ms, where that would be more, it is not rounded.
 */
final class Pace {

    private static final double FRACTIONS = 4096;
    private static final double MIN_ROUNDED_MS = 0.25;

    private Pace() {}

    /** Returns the ms per job. */
    static double interval(long windowMs, int limit) {
        double interval = (double) windowMs / limit;
        return interval < MIN_ROUNDED_MS ? interval : Math.floor(interval * FRACTIONS) / FRACTIONS;
    }
}
