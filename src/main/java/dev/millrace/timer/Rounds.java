package dev.millrace.timer;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;

import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Vertx;

import dev.millrace.redis.EventLoop;

/**
 * Repeats tasks in the background until the service stops. A round begins a fixed time after the one before began, to the millisecond;
 * if that one takes longer, it begins when that one ends. So no two rounds of a task overlap, and none is skipped. Quarkus' scheduler is
 * not used, because it looks once a second which tasks are due: it skips a round of a task for every second if it looks a moment early,
 * and starts other tasks up to a second late.
 */
@ApplicationScoped
public class Rounds {

    private static final Logger LOG = Logger.getLogger(Rounds.class);

    private final Vertx vertx;
    private volatile boolean stopped;

    Rounds(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * Starts a task, with a first round at once. A failure of a round is logged, and does not end the task.
     *
     * @param everyMs from the beginning of a round to the beginning of the next, at least 1
     * @param round is called on an event loop, and must not block. What it returns must end: its calls of Redis and of others have
     *        deadlines
     */
    public void every(long everyMs, Supplier<? extends Uni<?>> round) {
        EventLoop loop = EventLoop.next(vertx);
        loop.run(() -> run(loop, everyMs, round));
    }

    /** As {@link #every}, for a task that may block: it is called on a worker thread. */
    public void everyBlocking(long everyMs, Runnable round) {
        every(everyMs, () -> Uni.createFrom().voidItem().emitOn(Infrastructure.getDefaultWorkerPool()).invoke(round));
    }

    private void run(EventLoop loop, long everyMs, Supplier<? extends Uni<?>> round) {
        if (stopped) {
            return;
        }
        long began = System.nanoTime();
        Uni.createFrom().deferred(round::get).subscribe().with(done -> again(loop, began, everyMs, round), failure -> {
            LOG.error("A task in the background failed; it is repeated", failure);
            again(loop, began, everyMs, round);
        });
    }

    private void again(EventLoop loop, long began, long everyMs, Supplier<? extends Uni<?>> round) {
        if (stopped) {
            return;
        }
        long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        loop.after(Math.max(1, everyMs - passed), () -> run(loop, everyMs, round));
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
    }
}
