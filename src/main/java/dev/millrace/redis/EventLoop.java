package dev.millrace.redis;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;

/**
 * A Vert.x context on an event loop: what runs on it runs on one thread, one thing after the other, and must not block. The only class
 * outside {@code redis.link} that knows how Vert.x does this inside.
 */
public final class EventLoop {

    private final ContextInternal context;

    private EventLoop(ContextInternal context) {
        this.context = context;
    }

    /** Returns a new context on the next of the event loops, in turn. */
    public static EventLoop next(Vertx vertx) {
        return new EventLoop(((VertxInternal) vertx).createEventLoopContext());
    }

    /** Returns the context that the caller runs on, which may be that of a request; null if there is none. */
    public static @Nullable EventLoop current() {
        ContextInternal current = ContextInternal.current();
        return current == null ? null : new EventLoop(current);
    }

    /** Returns the event loop of a context. */
    public static EventLoop of(Context context) {
        return new EventLoop((ContextInternal) context);
    }

    /** Returns a new context on the same event loop, with locals of its own, as a request has. */
    public EventLoop duplicate() {
        ContextInternal own = context.duplicate();
        VertxContextSafetyToggle.setContextSafe(own, true);
        return new EventLoop(own);
    }

    /** Returns the context on the same event loop that belongs to no request, for what outlives the request. */
    public EventLoop root() {
        return new EventLoop(context.unwrap());
    }

    /** Returns whether the calling thread is the event loop's. */
    public boolean isCurrentThread() {
        return context.nettyEventLoop().inEventLoop();
    }

    /** Runs an action on the context, after what the event loop is doing now. */
    public void run(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    /** Runs an action on the context: now if the calling thread is the event loop's, else as {@link #run} does. */
    public void runNow(Runnable action) {
        context.emit(v -> action.run());
    }

    /** Runs an action on the context once, after {@code ms} milliseconds, unless the result is cancelled. */
    public Future<?> after(long ms, Runnable action) {
        return context.nettyEventLoop().schedule(() -> context.dispatch(action), ms, TimeUnit.MILLISECONDS);
    }

    /** Runs an action on the context every {@code ms} milliseconds, at least 1, until the result is cancelled. */
    public Future<?> every(long ms, Runnable action) {
        return context.nettyEventLoop().scheduleAtFixedRate(() -> context.dispatch(action), ms, ms,
                TimeUnit.MILLISECONDS);
    }
}
