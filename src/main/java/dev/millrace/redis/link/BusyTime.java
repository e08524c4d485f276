package dev.millrace.redis.link;

import java.util.concurrent.TimeUnit;

/** By how much an event loop has been late for a timer, in all: so long it could neither send nor read. Used on that loop only. */
final class BusyTime {

    private long due;
    private long nanos;

    /** The timer is set. */
    void expect(long ms) {
        due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    }

    /** The timer runs. */
    void ran() {
        nanos += Math.max(0, System.nanoTime() - due);
    }

    long nanos() {
        return nanos;
    }
}
