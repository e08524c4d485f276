package dev.millrace.redis.link;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;

import dev.millrace.redis.EventLoop;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;

/** Opens connections that each belong to one caller, who closes it: transactions, blocking commands, subscriptions. */
final class OwnConnections {

    /** Connections at one time. */
    static final int MAX_OPEN = 100;

    private final Supplier<Redis> clients;
    private final VertxInternal vertx;
    private final long deadlineMs;
    private final AtomicInteger open = new AtomicInteger();

    /** @param deadline of one call; opening may take twice as long, for it takes several */
    OwnConnections(Supplier<Redis> clients, VertxInternal vertx, Duration deadline) {
        this.clients = clients;
        this.vertx = vertx;
        this.deadlineMs = Math.max(1, deadline.toMillis());
    }

    /**
     * Opens one, on the caller's event loop if there is one. Fails with {@link RedisUnavailableException} within twice the deadline of a
     * call, or at once if {@value #MAX_OPEN} are open.
     */
    Future<RedisConnection> open() {
        if (open.incrementAndGet() > MAX_OPEN) {
            open.decrementAndGet();
            return Future.failedFuture(new RedisUnavailableException(Reason.OVERLOADED,
                    "More than " + MAX_OPEN + " connections to Redis are in use by transactions, blocking commands and"
                            + " subscriptions"));
        }
        ContextInternal caller = ContextInternal.current();
        ContextInternal home = caller == null
                ? vertx.createEventLoopContext()
                : vertx.createEventLoopContext(caller.nettyEventLoop(), null,
                        Thread.currentThread().getContextClassLoader());
        Promise<RedisConnection> opened = Promise.promise();
        home.runOnContext(v -> connect(home, caller, opened));
        return opened.future();
    }

    private void connect(ContextInternal home, ContextInternal caller, Promise<RedisConnection> opened) {
        Redis client;
        try {
            client = clients.get();
        } catch (RuntimeException e) {
            open.decrementAndGet();
            fail(caller, opened, HeldConnection.reason(e));
            return;
        }
        boolean[] settled = new boolean[1];
        // Vert.x leaves some failures of a handshake unanswered.
        Deadline timer = Deadline.start(EventLoop.of(home), 2 * deadlineMs, () -> {
            if (!settled[0]) {
                settled[0] = true;
                open.decrementAndGet();
                client.close();
                fail(caller, opened, HeldConnection.late(2 * deadlineMs));
            }
        });
        client.connect().onComplete(answer -> home.execute(() -> {
            if (settled[0]) {
                return;
            }
            settled[0] = true;
            timer.cancel();
            if (answer.failed()) {
                open.decrementAndGet();
                client.close();
                fail(caller, opened, HeldConnection.reason(answer.cause()));
            } else {
                OwnConnection connection = new OwnConnection(home, answer.result(), deadlineMs, () -> {
                    open.decrementAndGet();
                    client.close();
                });
                CallerContext.run(caller, () -> opened.complete(connection));
            }
        }));
    }

    private static void fail(ContextInternal caller, Promise<RedisConnection> opened, String cause) {
        CallerContext.run(caller, () -> opened.fail(
                new RedisUnavailableException(Reason.DOWN, "Redis cannot be reached: " + cause)));
    }
}
