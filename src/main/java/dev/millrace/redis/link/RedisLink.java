package dev.millrace.redis.link;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.netty.channel.EventLoop;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.smallrye.mutiny.vertx.AsyncResultUni;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.CommandOutcome;
import dev.millrace.redis.RedisRefusal;
import dev.millrace.redis.RedisReply;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;

/**
 * One connection to Redis, {@linkplain HeldConnection held open}, pipelined, and confined to one event loop.
 *
 * <p>Every call ends within the deadline, with Redis' answer or with {@link RedisUnavailableException}. A call fails at
 * once while the connection is down or when too many calls wait. A connection on which a call misses its deadline is
 * closed, for Redis answers in order: whatever waits behind that call would miss its own. The time in which the event loop
 * is too busy to send and to read does not count, unless that goes on for longer than the deadline.
 *
 * <p>Why not the client's pool: it lends a connection to one command at a time, which costs more than twice the CPU
 * (see docs/adr/0002-pinned-connections.md).
 */
public final class RedisLink implements HeldConnection.Owner {

    private static final long IDLE_PING_MS = 15_000;

    private final ContextInternal context;
    private final HeldConnection held;
    private final LinkListener listener;
    private final LongConsumer latency;
    private final int maxInFlight;
    private final long deadlineNanos;
    private final long deadlineMs;

    // Confined to the event loop, but for the volatile one, which others only read.
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private volatile int inFlight;
    private boolean sweeping;
    private final BusyTime busy = new BusyTime();
    /** Whether the connection is given up because Redis refused a call, of which the listener has been told. */
    private boolean refused;

    /** @param latency told of the ns each answered call took */
    public RedisLink(ContextInternal context, Supplier<Redis> clients, LinkListener listener, LongConsumer latency,
            int maxInFlight, Duration deadline) {
        this(context, clients, listener, latency, maxInFlight, deadline, true);
    }

    /** @param triesOut whether the server must answer a PING before the link is up */
    RedisLink(ContextInternal context, Supplier<Redis> clients, LinkListener listener, LongConsumer latency,
            int maxInFlight, Duration deadline, boolean triesOut) {
        this.context = context;
        this.held = new HeldConnection(context, clients, deadline, this, triesOut);
        this.listener = listener;
        this.latency = latency;
        this.maxInFlight = maxInFlight;
        this.deadlineNanos = deadline.toNanos();
        this.deadlineMs = Math.max(1, deadline.toMillis());
    }

    public void open() {
        held.open();
    }

    /** The event loop of the connection. */
    EventLoop loop() {
        return context.nettyEventLoop();
    }

    boolean isUp() {
        return held.connection() != null;
    }

    int inFlight() {
        return inFlight;
    }

    boolean isOnItsLoop() {
        return held.isOnItsLoop();
    }

    /** Sends one command when subscribed to; fails with a Redis error reply or {@link RedisUnavailableException}. */
    public Uni<Response> send(Request request) {
        return AsyncResultUni.toUni(handler -> send(request, handler));
    }

    /** Sends one command now; the handler gets the same outcomes, on the caller's Vert.x context. */
    void send(Request request, Handler<AsyncResult<Response>> handler) {
        Call call = new Call(false, ContextInternal.current(), handler);
        if (held.isOnItsLoop()) {
            submit(call, request);
        } else {
            held.onLoop(() -> submit(call, request));
        }
    }

    /**
     * Sends commands, with none of others between them, when subscribed to. Each has an outcome of its own; the Uni fails, with
     * {@link RedisUnavailableException}, only if none was sent.
     *
     * @param each gives what is kept of each outcome as it comes, in order; called on the link's event loop
     */
    Uni<List<CommandOutcome>> sendAll(List<Request> requests, UnaryOperator<CommandOutcome> each) {
        return Uni.createFrom().emitter(emitter -> {
            ContextInternal caller = ContextInternal.current();
            held.onLoop(() -> submitAll(requests, each, caller, emitter));
        });
    }

    private void submitAll(List<Request> requests, UnaryOperator<CommandOutcome> each, ContextInternal caller,
            UniEmitter<? super List<CommandOutcome>> emitter) {
        Reason reason = held.connection() == null
                ? Reason.DOWN
                : inFlight + requests.size() > maxInFlight ? Reason.OVERLOADED : null;
        if (reason != null) {
            CallerContext.run(caller, () -> emitter.fail(refusal(reason)));
            return;
        }
        CommandOutcome[] outcomes = new CommandOutcome[requests.size()];
        int[] left = {outcomes.length};
        for (int i = 0; i < outcomes.length; i++) {
            int at = i;
            submit(new Call(isScript(requests.get(i)), null, answer -> {
                outcomes[at] = each.apply(answer);
                if (--left[0] == 0) {
                    CallerContext.run(caller, () -> emitter.complete(Arrays.asList(outcomes)));
                }
            }), requests.get(i));
        }
    }

    public void close() {
        held.close();
    }

    private void submit(Call call, Request request) {
        RedisConnection current = held.connection();
        if (current == null) {
            call.fail(refusal(Reason.DOWN));
        } else if (inFlight >= maxInFlight) {
            call.fail(refusal(Reason.OVERLOADED));
        } else {
            call.submitted();
            waiting.add(call);
            inFlight++;
            sweepSoon();
            current.send(request).onComplete(call);
        }
    }

    static boolean isScript(Request request) {
        return request.command().toString().regionMatches(true, 0, "EVAL", 0, 4);
    }

    private RedisUnavailableException refusal(Reason reason) {
        return new RedisUnavailableException(reason, reason == Reason.DOWN
                ? "Redis is not connected"
                : "More than " + maxInFlight + " Redis calls are waiting on one connection");
    }

    @Override
    public void opened(RedisConnection connection) {
        CoalescedWrites.install(context.nettyEventLoop());
        keepAlive(connection);
        listener.connected(this);
    }

    /** Keeps an idle connection from being cut by Redis' timeout or forgotten by a NAT, and notices if it was. */
    private void keepAlive(RedisConnection connection) {
        held.later(IDLE_PING_MS, () -> {
            if (connection == held.connection()) {
                if (waiting.isEmpty()) {
                    send(Request.cmd(Command.PING)).subscribe().with(pong -> {}, failure -> {});
                }
                keepAlive(connection);
            }
        });
    }

    @Override
    public void dropped(String cause, @Nullable RedisRefusal refusal) {
        inFlight = 0;
        Call call;
        while ((call = waiting.poll()) != null) {
            if (call.isLate()) {
                call.fail(new RedisUnavailableException(Reason.TIMEOUT,
                        "Redis did not answer within " + deadlineMs + " ms"));
            } else {
                call.fail(new RedisUnavailableException(Reason.LOST, "The connection to Redis was lost: " + cause));
            }
        }
        if (!held.isClosed() && !refused) {
            listener.disconnected(this, cause, refusal);
        }
    }

    /** Not for a script of a caller, who may have written the words of the reply: they say nothing of the server then. */
    private void refused(Throwable reply) {
        RedisRefusal refusal = RedisReply.refusal(reply);
        if (refusal != null) {
            listener.refused(refusal, String.valueOf(reply.getMessage()));
        }
        if (RedisReply.meansReconnect(reply)) {
            refused = refusal != null;
            try {
                held.drop(reply);
            } finally {
                refused = false;
            }
        }
    }

    /** One timer for all calls: they have the same deadline, so they expire in the order they were sent. */
    private void sweepSoon() {
        if (!sweeping) {
            sweeping = true;
            long ms = Math.max(5, deadlineMs / 20);
            busy.expect(ms);
            held.later(ms, this::sweep);
        }
    }

    private void sweep() {
        sweeping = false;
        busy.ran();
        forgetAnswered();
        Call oldest = waiting.peek();
        if (oldest == null) {
            return;
        }
        if (oldest.isLate()) {
            held.drop("no answer within " + deadlineMs + " ms");
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
        private final @Nullable ContextInternal caller;
        private final Handler<? super CommandOutcome> then;
        private final long sentAt = System.nanoTime();
        private long busyBefore;
        private final boolean script;
        private boolean done;

        /**
         * @param script whether callers may have written the words of the reply, which then say nothing of the server
         * @param caller on which to call {@code then}; null for the link's event loop
         * @param then gets the reply, which may be null, or the failure
         */
        Call(boolean script, @Nullable ContextInternal caller, Handler<? super CommandOutcome> then) {
            this.script = script;
            this.caller = caller;
            this.then = then;
        }

        /** On the link's event loop, which may have been too busy to come to it. */
        void submitted() {
            busyBefore = busy.nanos() - (System.nanoTime() - sentAt);
        }

        boolean isLate() {
            long waited = System.nanoTime() - sentAt;
            long redisHad = waited - (busy.nanos() - busyBefore);
            // After a long turn Redis gets a short time, or what was sent at its end would be late already.
            return redisHad >= (waited < 2 * deadlineNanos ? deadlineNanos : deadlineNanos / 10);
        }

        @Override
        public void handle(AsyncResult<Response> answer) {
            held.onLoop(() -> settle(answer));
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
                held.answered();
                CallerContext.complete(caller, new CommandOutcome(answer.result(), null), then);
            } else {
                Throwable failure = RedisReply.failure(answer.cause());
                if (!script) {
                    refused(answer.cause());
                }
                CallerContext.complete(caller, new CommandOutcome(null, failure), then);
            }
        }

        void fail(RedisUnavailableException failure) {
            if (!done) {
                done = true;
                CallerContext.complete(caller, new CommandOutcome(null, failure), then);
            }
        }
    }
}
