package dev.millrace.redis.link;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.millrace.redis.EventLoop;

/**
 * The time in which Redis must answer. If the event loop is too busy to notice its end, Redis gets the same time again, once: the answer
 * may have arrived unread, or the question may not have been sent. Used on its event loop only.
 */
public final class Deadline {

    private final EventLoop loop;
    private final Runnable missed;
    private final long ms;
    private Future<?> timer;
    private boolean over;

    private Deadline(EventLoop loop, long ms, Runnable missed) {
        this.loop = loop;
        this.missed = missed;
        this.ms = ms;
        this.timer = schedule(true);
    }

    /** Calls {@code missed} on the event loop after {@code ms} or, at the latest, as soon as it can after twice that. */
    public static Deadline start(EventLoop loop, long ms, Runnable missed) {
        return new Deadline(loop, ms, missed);
    }

    /** Redis has answered, or it does not matter any more. */
    public void cancel() {
        over = true;
        timer.cancel(false);
    }

    private Future<?> schedule(boolean first) {
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        return loop.after(ms, () -> end(due, first));
    }

    private void end(long due, boolean first) {
        if (over) {
            return;
        }
        boolean busy = System.nanoTime() - due > TimeUnit.MILLISECONDS.toNanos(ms) / 4;
        if (first && busy) {
            timer = schedule(false);
        } else {
            over = true;
            missed.run();
        }
    }
}
