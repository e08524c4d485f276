package dev.millrace.redis.link;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.vertx.core.impl.ContextInternal;

/**
 * The time in which Redis must answer. If the event loop is too busy to notice its end, Redis gets the same time again, once: the answer
 * may have arrived unread, or the question may not have been sent. Used on its event loop only.
 */
public final class Deadline {

    private final ContextInternal context;
    private final Runnable missed;
    private final long ms;
    private Future<?> timer;
    private boolean over;

    private Deadline(ContextInternal context, long ms, Runnable missed) {
        this.context = context;
        this.missed = missed;
        this.ms = ms;
        this.timer = schedule(true);
    }

    /** Calls {@code missed} on the context's event loop after {@code ms} or, at the latest, as soon as it can after twice that. */
    static Deadline start(ContextInternal context, long ms, Runnable missed) {
        return new Deadline(context, ms, missed);
    }

    /** Redis has answered, or it does not matter any more. */
    public void cancel() {
        over = true;
        timer.cancel(false);
    }

    private Future<?> schedule(boolean first) {
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        // Not a Vert.x timer, which would run on, and hold on to, the context of the request that happens to set it.
        return context.nettyEventLoop().schedule(() -> context.dispatch(() -> end(due, first)), ms,
                TimeUnit.MILLISECONDS);
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
