package dev.millrace.redis.link;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.EventLoop;
import dev.millrace.redis.RedisReply;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;

/**
 * A connection that belongs to one caller until the caller closes it. Any command may be sent on it. Every command but those that block
 * by design has a deadline; the connection is closed when one is missed. A broken connection stays broken.
 *
 * <p>Calls continue on the caller's Vert.x context; messages of subscriptions and the end of the connection come on its own event loop.
 */
final class OwnConnection implements RedisConnection {

    /** Messages that are kept until there is a handler for them; more are not expected in that short time, and are dropped. */
    private static final int MAX_EARLY_MESSAGES = 1024;

    private final ContextInternal home;
    private final RedisConnection connection;
    private final long deadlineMs;
    private final Runnable release;

    private volatile @Nullable Handler<Void> endHandler;

    // Confined to the event loop.
    private boolean closed;
    private @Nullable Handler<Response> messageHandler;
    private final ArrayDeque<Response> earlyMessages = new ArrayDeque<>();

    /** @param release closes the client, called once */
    OwnConnection(ContextInternal home, RedisConnection connection, long deadlineMs, Runnable release) {
        this.home = home;
        this.connection = connection;
        this.deadlineMs = deadlineMs;
        this.release = release;
        connection.endHandler(over -> home.execute(() -> {
            // Also where the caller does not close it: a subscriber that lost its connection.
            end();
            Handler<Void> told = endHandler;
            if (told != null) {
                told.handle(over);
            }
        }));
        connection.handler(message -> home.execute(() -> deliver(message)));
    }

    /**
     * Quarkus sets its handler only after SUBSCRIBE was sent, and waits for Redis' confirmation to reach it. A confirmation that is faster
     * must not be lost.
     */
    private void deliver(Response message) {
        if (messageHandler != null) {
            messageHandler.handle(message);
        } else if (earlyMessages.size() < MAX_EARLY_MESSAGES) {
            earlyMessages.add(message);
        }
    }

    @Override
    public Future<Response> send(Request request) {
        return call(SharedCommands.isBlocking(request), () -> connection.send(request));
    }

    @Override
    public Future<List<Response>> batch(List<Request> commands) {
        return call(commands.stream().anyMatch(SharedCommands::isBlocking), () -> connection.batch(commands));
    }

    private <T> Future<T> call(boolean blocking, Supplier<Future<T>> command) {
        ContextInternal caller = ContextInternal.current();
        Promise<T> reply = Promise.promise();
        home.execute(() -> {
            if (closed) {
                Future<T> failed = Future.failedFuture(
                        new RedisUnavailableException(Reason.DOWN, "The connection to Redis is closed"));
                CallerContext.complete(caller, failed, reply);
                return;
            }
            boolean[] settled = new boolean[1];
            Deadline timer = blocking ? null : Deadline.start(EventLoop.of(home), deadlineMs, () -> {
                if (!settled[0]) {
                    settled[0] = true;
                    end();
                    CallerContext.complete(caller, Future.<T>failedFuture(new RedisUnavailableException(Reason.TIMEOUT,
                            "Redis did not answer within " + deadlineMs + " ms")), reply);
                }
            });
            command.get().onComplete(answer -> home.execute(() -> {
                if (!settled[0]) {
                    settled[0] = true;
                    if (timer != null) {
                        timer.cancel();
                    }
                    AsyncResult<T> outcome = answer.succeeded()
                            ? answer
                            : Future.failedFuture(RedisReply.failure(answer.cause()));
                    CallerContext.complete(caller, outcome, reply);
                }
            }));
        });
        return reply.future();
    }

    @Override
    public Future<Void> close() {
        ContextInternal caller = ContextInternal.current();
        Promise<Void> done = Promise.promise();
        home.execute(() -> {
            end();
            CallerContext.complete(caller, Future.succeededFuture(), done);
        });
        return done.future();
    }

    private void end() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }

    @Override
    public RedisConnection exceptionHandler(Handler<Throwable> handler) {
        connection.exceptionHandler(handler);
        return this;
    }

    @Override
    public RedisConnection handler(@Nullable Handler<Response> handler) {
        home.execute(() -> {
            messageHandler = handler;
            while (messageHandler != null && !earlyMessages.isEmpty()) {
                messageHandler.handle(earlyMessages.remove());
            }
        });
        return this;
    }

    @Override
    public RedisConnection pause() {
        connection.pause();
        return this;
    }

    @Override
    public RedisConnection resume() {
        connection.resume();
        return this;
    }

    @Override
    public RedisConnection fetch(long amount) {
        connection.fetch(amount);
        return this;
    }

    @Override
    public RedisConnection endHandler(Handler<Void> handler) {
        endHandler = handler;
        return this;
    }

    @Override
    public boolean pendingQueueFull() {
        return connection.pendingQueueFull();
    }
}
