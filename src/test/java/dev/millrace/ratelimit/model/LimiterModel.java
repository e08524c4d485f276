package dev.millrace.ratelimit.model;

import java.util.function.LongPredicate;

/**
 * What a limiter is, said as plainly as possible: an algorithm says how much is in use at a moment, and all answers follow.
 * The times are not computed but searched for: the first moment at which it is so.
 */
public abstract class LimiterModel {

    private long capacity;
    private final long window;
    private long forgotten;

    /**
     * @param capacity most in use at once
     * @param window µs
     * @param forgotten µs after which nothing is in use any more, if nothing is charged
     */
    LimiterModel(long capacity, long window, long forgotten) {
        this.capacity = capacity;
        this.window = window;
        this.forgotten = forgotten;
    }

    /** Other settings apply from {@code now} on; what is in use stays so. */
    public void change(long now, long newLimit, long newBurst) {
        capacity = newLimit;
    }

    final void change(long newCapacity, long newForgotten) {
        capacity = newCapacity;
        forgotten = newForgotten;
    }

    /** What is in use at {@code at}, the last charge or later; a part counts as a whole. */
    abstract long used(long at);

    final long room(long now) {
        return Math.max(0, capacity - used(now));
    }

    /** Takes {@code cost}, whether it fits or not. */
    public abstract void charge(long now, long cost);

    /** Decides and charges; a cost of 0 only looks, as if for 1. */
    public final Answer decide(long now, long cost) {
        Answer seen = look(now, Math.max(1, cost));
        if (!seen.admitted() || cost == 0) {
            return seen;
        }
        charge(now, cost);
        return new Answer(true, capacity - used(now), reset(now), 0);
    }

    /** What would be decided now for {@code asked}. */
    public final Answer look(long now, long asked) {
        boolean fits = fits(now, asked);
        long retryAfter = asked > capacity ? window : first(wait -> fits(now + wait, asked));
        return new Answer(fits, Math.max(0, capacity - used(now)), reset(now), retryAfter);
    }

    private boolean fits(long at, long asked) {
        return used(at) + asked <= capacity;
    }

    private long reset(long now) {
        return first(wait -> used(now + wait) == 0);
    }

    /** As use only shrinks while nothing is charged, bisection finds the first moment. */
    private long first(LongPredicate holds) {
        long low = 0;
        long high = forgotten;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (holds.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
