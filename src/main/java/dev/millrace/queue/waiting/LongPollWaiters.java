package dev.millrace.queue.waiting;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;

import dev.millrace.http.Stopping;
import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.EventLoop;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.pubsub.Subscription;
import dev.millrace.redis.pubsub.Subscriptions;

/**
 * Requests that wait for jobs, in a line per queue. When Redis announces jobs, or a job is due, the first requests of the
 * line are woken and ask again. Each request that gets jobs wakes the next one. A lost message costs at most 1 s, because the
 * first request asks again after 1 s in any case.
 */
@Singleton
public class LongPollWaiters {

    /** How often a line checks whether a client has disconnected, a wait is over, or the service is stopping. */
    private static final long TICK_MS = 100;
    private static final long ASK_AT_LEAST_EVERY_MS = 1000;
    private static final int WOKEN_AT_ONCE = 16;
    /** How long an empty line is kept, with its subscription, since workers usually ask again soon. */
    private static final long KEPT_NANOS = 10_000_000_000L;

    private final EventLoop context;
    private final Stopping stopping;
    private final Subscriptions subscriptions;
    private final Map<QueueName, Line> lines = new ConcurrentHashMap<>();

    LongPollWaiters(Vertx vertx, Stopping stopping, Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
        this.context = EventLoop.next(vertx);
        this.stopping = stopping;
    }

    /**
     * Completes when the request should ask again: there may be jobs, or the wait is over.
     *
     * @param askedNanos when it last asked, by {@link System#nanoTime}
     * @param untilNanos end of the wait, by {@link System#nanoTime}
     * @param nextInMs in how many ms there may be jobs; -1 if unknown
     * @param again whether it was woken before and got no job, so that it keeps its place at the front
     * @param gone whether the client has disconnected
     */
    public Uni<Void> await(QueueName queue, long askedNanos, long untilNanos, long nextInMs, boolean again,
            BooleanSupplier gone) {
        return Uni.createFrom().emitter(emitter -> {
            EventLoop caller = EventLoop.current();
            Waiter waiter = new Waiter(emitter, caller, askedNanos, untilNanos, gone);
            context.runNow(() -> lines.computeIfAbsent(queue, Line::new).add(waiter, nextInMs, again));
        });
    }

    /** Wakes the first requests: the queue has jobs, or may have. */
    void wake(QueueName queue) {
        context.runNow(() -> {
            Line line = lines.get(queue);
            if (line != null) {
                line.wake(WOKEN_AT_ONCE);
            }
        });
    }

    /** Wakes the next requests after one got jobs. */
    public void wakeNext(QueueName queue) {
        if (lines.containsKey(queue)) {
            context.runNow(() -> {
                Line line = lines.get(queue);
                if (line != null) {
                    line.wake(2);
                }
            });
        }
    }

    private record Waiter(UniEmitter<? super Void> emitter, @Nullable EventLoop caller, long askedNanos,
            long untilNanos, BooleanSupplier gone) {

        void wake() {
            if (caller == null) {
                emitter.complete(null);
            } else {
                caller.run(() -> emitter.complete(null));
            }
        }
    }

    /** The line of one queue. Used on the event loop only. */
    private final class Line {
        private final QueueName queue;
        private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
        private long askAtNanos;
        private long wokenNanos = System.nanoTime() - KEPT_NANOS;
        private long idleNanos = System.nanoTime();
        private final @Nullable Subscription news;
        /** Null if no tick is scheduled. */
        private @Nullable Future<?> timer;
        private long tickAtNanos;

        Line(QueueName queue) {
            this.queue = queue;
            this.news = listen();
            tickIn(TICK_MS, System.nanoTime());
        }

        /** Null if there are too many channels. The line then relies on asking once a second. */
        private @Nullable Subscription listen() {
            try {
                Subscription listening = subscriptions.subscribe(queue.wakeChannel(),
                        message -> LongPollWaiters.this.wake(queue),
                        () -> LongPollWaiters.this.wake(queue));
                listening.established().subscribe().with(done -> LongPollWaiters.this.wake(queue), failure -> {});
                return listening;
            } catch (RedisUnavailableException e) {
                return null;
            }
        }

        void add(Waiter waiter, long nextInMs, boolean again) {
            long now = System.nanoTime();
            if (wokenNanos - waiter.askedNanos() > 0) {
                // A message arrived after the request asked and before it joined the line.
                waiter.wake();
                return;
            }
            long ask = now + TimeUnit.MILLISECONDS.toNanos(
                    nextInMs < 0 ? ASK_AT_LEAST_EVERY_MS : Math.min(nextInMs, ASK_AT_LEAST_EVERY_MS));
            if (waiters.isEmpty() || ask < askAtNanos) {
                askAtNanos = ask;
            }
            if (again) {
                waiters.addFirst(waiter);
            } else {
                waiters.addLast(waiter);
            }
            arm(now);
        }

        void wake(int most) {
            wokenNanos = System.nanoTime();
            wakeFirst(most);
        }

        private void wakeFirst(int most) {
            for (int i = 0; i < most && !waiters.isEmpty(); i++) {
                waiters.poll().wake();
            }
        }

        /** Schedules the next tick. A request that joins never delays a tick that was scheduled before. */
        private void arm(long now) {
            long ms = Math.max(0, TimeUnit.NANOSECONDS.toMillis(askAtNanos - now + 999_999));
            tickIn(Math.min(TICK_MS, ms), now);
        }

        private void tickIn(long ms, long now) {
            long at = now + TimeUnit.MILLISECONDS.toNanos(ms);
            if (timer == null || at - tickAtNanos < 0) {
                if (timer != null) {
                    timer.cancel(false);
                }
                tickAtNanos = at;
                timer = context.after(ms, this::tick);
            }
        }

        private void tick() {
            timer = null;
            long now = System.nanoTime();
            boolean stop = stopping.hasBegun();
            List<Waiter> over = new ArrayList<>();
            waiters.removeIf(waiter -> {
                boolean ends = stop || waiter.untilNanos() - now <= 0 || waiter.gone().getAsBoolean();
                if (ends) {
                    over.add(waiter);
                }
                return ends;
            });
            over.forEach(Waiter::wake);
            if (!waiters.isEmpty() && askAtNanos - now <= 0) {
                askAtNanos = now + TimeUnit.MILLISECONDS.toNanos(ASK_AT_LEAST_EVERY_MS);
                wakeFirst(1);
            }
            if (!waiters.isEmpty()) {
                idleNanos = now;
                arm(now);
            } else if (now - idleNanos > KEPT_NANOS) {
                end();
            } else {
                tickIn(TICK_MS * 10, now);
            }
        }

        private void end() {
            if (lines.remove(queue, this) && news != null) {
                news.close();
            }
        }
    }
}
