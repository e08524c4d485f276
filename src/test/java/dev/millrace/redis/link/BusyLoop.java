package dev.millrace.redis.link;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.netty.channel.EventLoop;

/** Makes an event loop as busy as many clients at once do. */
final class BusyLoop {

    private BusyLoop() {}

    /** Takes a turn of the loop for so long, on which this is called. */
    static void turn(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes turn after turn until there is an end. */
    static void until(BooleanSupplier end, EventLoop loop, long ms) {
        // A task that is due at once would keep the loop from running its timers.
        loop.schedule(() -> {
            if (!end.getAsBoolean()) {
                turn(ms);
                until(end, loop, ms);
            }
        }, 1, TimeUnit.MILLISECONDS);
    }
}
