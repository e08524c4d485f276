package dev.millrace.redis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.RedisUnavailableException.Reason;

/**
 * One connection to Redis, held open, pipelined, and confined to one event loop.
 *
 * <p>Every call ends within the deadline, with Redis' answer or with {@link RedisUnavailableException}. A call fails at
 * once while the connection is down or when too many calls wait. A connection on which a call misses its deadline is
 * closed, for Redis answers in order: whatever waits behind that call would miss its own. It is reopened at once, then
 * with a jittered backoff of 50 ms to 1 s, for as long as the link is not closed.
 *
 * <p>Why not the client's pool: it lends a connection to one command at a time, which costs more than twice the CPU
 * (see docs/adr/0002-pinned-connections.md).
 */
final class RedisLink {

    private static final long MIN_BACKOFF_MS = 50;
    private static final long MAX_BACKOFF_MS = 1000;
    private static final long IDLE_PING_MS = 15_000;

    /** Told of every change; called on the link's event loop. */
    interface Listener {
        Listener NONE = new Listener() {
            @Override
            public void connected(RedisLink link) {}

            @Override
            public void disconnected(RedisLink link, String cause) {}
        };

        void connected(RedisLink link);

        /** @param cause what broke the connection or kept it from opening */
        void disconnected(RedisLink link, String cause);
    }

    private final ContextInternal context;
    private final Supplier<Redis> clients;
    private final Listener listener;
    private final LongConsumer latency;
    private final int maxInFlight;
    private final long deadlineNanos;
    private final long deadlineMs;
    /** More than one exchange: the handshake, and before it asking sentinels or a cluster where to go. */
    private final long connectDeadlineMs;

    // Confined to the event loop, but for the volatile ones, which others only read.
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private Redis client;
    private volatile RedisConnection connection;
    private volatile int inFlight;
    private boolean sweeping;
    private int failedAttempts;
    private int generation;
    private volatile boolean closed;

    /** @param latency told of the ns each answered call took */
    RedisLink(ContextInternal context, Supplier<Redis> clients, Listener listener, LongConsumer latency,
            int maxInFlight, Duration deadline) {
        this.context = context;
        this.clients = clients;
        this.listener = listener;
        this.latency = latency;
        this.maxInFlight = maxInFlight;
        this.deadlineNanos = deadline.toNanos();
        this.deadlineMs = Math.max(1, deadline.toMillis());
        this.connectDeadlineMs = 2 * deadlineMs;
    }

    void open() {
        context.runOnContext(v -> connect());
    }

    boolean isUp() {
        return connection != null;
    }

    int inFlight() {
        return inFlight;
    }

    boolean isOnItsLoop() {
        return context.nettyEventLoop().inEventLoop();
    }

    /** Sends one command when subscribed to; fails with a Redis error reply or {@link RedisUnavailableException}. */
    Uni<Response> send(Request request) {
        return Uni.createFrom().emitter(emitter -> {
            if (isOnItsLoop()) {
                submit(new Call(emitter, null), request);
            } else {
                Call call = new Call(emitter, ContextInternal.current());
                context.runOnContext(v -> submit(call, request));
            }
        });
    }

    void close() {
        closed = true;
        context.runOnContext(v -> drop("the service is stopping", Reason.DOWN));
    }

    private void submit(Call call, Request request) {
        RedisConnection current = connection;
        if (current == null) {
            call.fail(Reason.DOWN, "Redis is not connected");
        } else if (inFlight >= maxInFlight) {
            call.fail(Reason.OVERLOADED, "More than " + maxInFlight + " Redis calls are waiting on one connection");
        } else {
            waiting.add(call);
            inFlight++;
            sweepSoon();
            current.send(request).onComplete(call);
        }
    }

    private void connect() {
        if (closed) {
            return;
        }
        int attempt = ++generation;
        Redis candidate = clients.get();
        client = candidate;
        // Vert.x leaves some failures of a handshake unanswered, so this has its own deadline.
        Future<?> timer = later(connectDeadlineMs, () -> {
            if (attempt == generation && connection == null) {
                drop("no connection within " + connectDeadlineMs + " ms", Reason.DOWN);
            }
        });
        candidate.connect().onComplete(opened -> {
            timer.cancel(false);
            if (attempt != generation || closed) {
                candidate.close();
            } else if (opened.failed()) {
                drop(reason(opened.cause()), Reason.DOWN);
            } else {
                RedisConnection current = opened.result();
                current.endHandler(v -> lost(attempt, "the connection was closed"));
                current.exceptionHandler(e -> lost(attempt, reason(e)));
                CoalescedWrites.install(context.nettyEventLoop());
                connection = current;
                keepAlive(attempt);
                listener.connected(this);
            }
        });
    }

    /** Not a Vert.x timer, which would run on, and hold on to, the context of the request that happens to set it. */
    private Future<?> later(long ms, Runnable action) {
        return context.nettyEventLoop().schedule(action, ms, TimeUnit.MILLISECONDS);
    }

    /** Keeps an idle connection from being cut by Redis' timeout or forgotten by a NAT, and notices if it was. */
    private void keepAlive(int attempt) {
        later(IDLE_PING_MS, () -> {
            if (attempt == generation && connection != null) {
                if (waiting.isEmpty()) {
                    send(Request.cmd(Command.PING)).subscribe().with(pong -> {}, failure -> {});
                }
                keepAlive(attempt);
            }
        });
    }

    private void lost(int attempt, String cause) {
        onLoop(() -> {
            if (attempt == generation) {
                drop(cause, Reason.LOST);
            }
        });
    }

    /** The client answers on the caller's context, and makes one up, on any event loop, for a caller who has none. */
    private void onLoop(Runnable action) {
        if (isOnItsLoop()) {
            action.run();
        } else {
            context.nettyEventLoop().execute(action);
        }
    }

    /** Gives the connection up, fails what waits on it, and tries again later. */
    private void drop(String cause, Reason reason) {
        generation++;
        connection = null;
        Redis old = client;
        client = null;
        if (old != null) {
            old.close();
        }
        Call call;
        while ((call = waiting.poll()) != null) {
            call.fail(reason, "The connection to Redis was lost: " + cause);
        }
        inFlight = 0;
        if (!closed) {
            listener.disconnected(this, cause);
            later(backoffMs(failedAttempts++), () -> context.runOnContext(v -> connect()));
        }
    }

    private static long backoffMs(int failures) {
        if (failures == 0) {
            return 1;
        }
        long ceiling = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS << Math.min(failures - 1, 10));
        return ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1);
    }

    private static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().lines().findFirst().orElse("");
    }

    /** One timer for all calls: they have the same deadline, so they expire in the order they were sent. */
    private void sweepSoon() {
        if (!sweeping) {
            sweeping = true;
            later(Math.max(5, deadlineMs / 20), this::sweep);
        }
    }

    private void sweep() {
        sweeping = false;
        forgetAnswered();
        Call oldest = waiting.peek();
        if (oldest == null) {
            return;
        }
        if (System.nanoTime() - oldest.sentAt >= deadlineNanos) {
            oldest.fail(Reason.TIMEOUT, "Redis did not answer within " + deadlineMs + " ms");
            drop("no answer within " + deadlineMs + " ms", Reason.LOST);
        } else {
            sweepSoon();
        }
    }

    private void forgetAnswered() {
        while (!waiting.isEmpty() && waiting.peek().done) {
            waiting.poll();
        }
    }

    /** One command on its way. */
    private final class Call implements Handler<AsyncResult<Response>> {
        private final UniEmitter<? super Response> emitter;
        /** Where to continue, if not here. */
        private final ContextInternal caller;
        private final long sentAt = System.nanoTime();
        private boolean done;

        Call(UniEmitter<? super Response> emitter, ContextInternal caller) {
            this.emitter = emitter;
            this.caller = caller;
        }

        @Override
        public void handle(AsyncResult<Response> answer) {
            onLoop(() -> settle(answer));
        }

        private void settle(AsyncResult<Response> answer) {
            if (done) {
                return;
            }
            done = true;
            inFlight--;
            forgetAnswered();
            latency.accept(System.nanoTime() - sentAt);
            if (answer.succeeded()) {
                failedAttempts = 0;
                continueWith(() -> emitter.complete(answer.result()));
            } else {
                Throwable failure = RedisReply.failure(answer.cause());
                if (RedisReply.meansReconnect(answer.cause())) {
                    drop(reason(answer.cause()), Reason.LOST);
                }
                continueWith(() -> emitter.fail(failure));
            }
        }

        void fail(Reason reason, String message) {
            if (!done) {
                done = true;
                continueWith(() -> emitter.fail(new RedisUnavailableException(reason, message)));
            }
        }

        private void continueWith(Runnable next) {
            if (caller == null) {
                next.run();
            } else {
                caller.runOnContext(v -> next.run());
            }
        }
    }
}
