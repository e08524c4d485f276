package dev.millrace.redis.link;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.impl.types.ErrorType;

import dev.millrace.redis.EventLoop;
import dev.millrace.redis.RedisRefusal;
import dev.millrace.redis.RedisReply;

/**
 * Holds one connection to Redis open, confined to one event loop. An attempt to open it has a deadline. When it breaks it
 * is reopened at once, then with a jittered backoff of 50 ms to 1 s, until it is closed.
 */
public final class HeldConnection {

    private static final long MIN_BACKOFF_MS = 50;
    private static final long MAX_BACKOFF_MS = 1000;

    /** Whoever uses the connection; called on its event loop. */
    public interface Owner {
        void opened(RedisConnection connection);

        /**
         * The connection is given up, or did not open: what is unanswered will never be answered.
         *
         * @param cause what broke the connection or kept it from opening
         * @param refusal why Redis refused it, or a call over it; null if it did not
         */
        void dropped(String cause, @Nullable RedisRefusal refusal);
    }

    private final ContextInternal context;
    private final Supplier<Redis> clients;
    private final Owner owner;
    private final long deadlineMs;
    private final boolean triesOut;

    // Confined to the event loop, but for the volatile ones, which others only read.
    private @Nullable Redis client;
    private volatile @Nullable RedisConnection connection;
    private int failedAttempts;
    private int generation;
    private volatile boolean closed;

    /** @param timeout of one call; opening takes several: the handshake, and before it asking where to go */
    public HeldConnection(ContextInternal context, Supplier<Redis> clients, Duration timeout, Owner owner) {
        this(context, clients, timeout, owner, true);
    }

    /** @param triesOut whether a server must answer a PING first; one that is loading answers INFO and little else */
    HeldConnection(ContextInternal context, Supplier<Redis> clients, Duration timeout, Owner owner, boolean triesOut) {
        this.triesOut = triesOut;
        this.context = context;
        this.clients = clients;
        this.owner = owner;
        this.deadlineMs = 2 * Math.max(1, timeout.toMillis());
    }

    public void open() {
        context.runOnContext(v -> connect());
    }

    public void close() {
        closed = true;
        context.runOnContext(v -> drop("the service is stopping"));
    }

    public boolean isClosed() {
        return closed;
    }

    /** Null while there is none. */
    public @Nullable RedisConnection connection() {
        return connection;
    }

    boolean isOnItsLoop() {
        return context.nettyEventLoop().inEventLoop();
    }

    /** The client answers on the caller's context, and makes one up, on any event loop, for a caller who has none. */
    public void onLoop(Runnable action) {
        if (isOnItsLoop()) {
            action.run();
        } else {
            context.runOnContext(v -> action.run());
        }
    }

    /** Not a Vert.x timer, which would run on, and hold on to, the context of the request that happens to set it. */
    public Future<?> later(long ms, Runnable action) {
        return EventLoop.of(context).after(ms, action);
    }

    /** As {@link #later}, for the time in which Redis must answer. */
    public Deadline deadline(long ms, Runnable missed) {
        return Deadline.start(EventLoop.of(context), ms, missed);
    }

    /** Redis answers: should the connection break, it is worth an attempt at once. */
    public void answered() {
        failedAttempts = 0;
    }

    /** Gives the connection up, or the attempt to open it, and tries again later. */
    public void drop(String cause) {
        drop(cause, null);
    }

    /** The same, because of what Redis replied or the client reported. */
    void drop(Throwable cause) {
        drop(reason(cause), RedisReply.refusal(cause));
    }

    private void drop(String cause, @Nullable RedisRefusal refusal) {
        generation++;
        connection = null;
        Redis old = client;
        client = null;
        if (!closed) {
            later(backoffMs(failedAttempts++), this::connect);
        }
        try {
            owner.dropped(cause, refusal);
        } finally {
            if (old != null) {
                old.close();
            }
        }
    }

    /** Gives up {@code broken} unless that has been done. */
    public void lost(RedisConnection broken, String cause) {
        onLoop(() -> {
            if (broken == connection) {
                drop(cause);
            }
        });
    }

    private void connect() {
        if (closed) {
            return;
        }
        int attempt = ++generation;
        // Vert.x leaves some failures of a handshake unanswered.
        Deadline timer = deadline(deadlineMs,
                () -> failed(attempt, new TimeoutException(late(deadlineMs))));
        try {
            client = clients.get();
            client.connect().onComplete(opened -> onLoop(() -> {
                if (opened.failed()) {
                    timer.cancel();
                    failed(attempt, opened.cause());
                } else if (!triesOut) {
                    timer.cancel();
                    connected(attempt, opened.result());
                } else {
                    tryOut(attempt, opened.result(), timer);
                }
            }));
        } catch (RuntimeException e) {
            timer.cancel();
            failed(attempt, e);
        }
    }

    /** Redis accepts connections and then refuses all calls: without a password, or while it loads its data. */
    private void tryOut(int attempt, RedisConnection opened, Deadline timer) {
        opened.send(Request.cmd(Command.PING)).onComplete(pong -> onLoop(() -> {
            timer.cancel();
            // A user that may not PING may do other things.
            if (pong.succeeded() || pong.cause() instanceof ErrorType && !RedisReply.meansReconnect(pong.cause())) {
                connected(attempt, opened);
            } else {
                failed(attempt, pong.cause());
            }
        }));
    }

    private void connected(int attempt, RedisConnection current) {
        if (attempt == generation && !closed) {
            connection = current;
            current.endHandler(v -> lost(current, "the connection was closed"));
            current.exceptionHandler(e -> lost(current, reason(e)));
            owner.opened(current);
        }
        // Else it was given up meanwhile, which has closed its client and so the connection.
    }

    private void failed(int attempt, Throwable cause) {
        if (attempt == generation && connection == null) {
            drop(cause);
        }
    }

    private static long backoffMs(int failures) {
        if (failures == 0) {
            return 1;
        }
        long ceiling = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS << Math.min(failures - 1, 10));
        return ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1);
    }

    /**
     * Why there is no connection after {@code ms}. If Redis has as many connections as it allows, it says so and closes the new one, and
     * the client reports nothing.
     */
    static String late(long ms) {
        return "no connection within " + ms + " ms: Redis is too slow, or has as many connections as its maxclients";
    }

    /** What an exception says, in one line, and what to do if Redis refuses the service. */
    public static String reason(Throwable e) {
        String said = e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getMessage().lines().findFirst().orElse("");
        RedisRefusal refusal = RedisReply.refusal(e);
        return refusal == null ? said : said + (said.endsWith(".") ? " " : ". ") + refusal.advice();
    }
}
