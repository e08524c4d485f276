package dev.millrace.queue.waiting;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;

import io.netty.util.concurrent.FastThreadLocal;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.impl.ContextInternal;

import dev.millrace.queue.model.QueueName;

/**
 * Makes one call of many: what requests ask of one queue on one event loop goes to Redis together, a call at a time. What
 * arrives while a call is under way waits for it, though not longer than 1 ms, unless it is large; so alone a request waits for
 * nobody, and the more there are, the less each costs.
 *
 * @param <I> what one request asks
 * @param <O> what it is answered
 */
public final class RequestBatcher<I, O> {

    private static final long MAX_WAIT_MS = 1;

    private final BiFunction<QueueName, List<I>, Uni<List<O>>> call;
    private final ToIntFunction<I> weight;
    private final int maxWeight;
    private final FastThreadLocal<Map<QueueName, Line>> lines = new FastThreadLocal<>() {
        @Override
        protected Map<QueueName, Line> initialValue() {
            return new HashMap<>();
        }
    };

    /**
     * @param call answers each of a list, in order
     * @param weight of a request
     * @param maxWeight of a call; a request that weighs more goes alone
     */
    public RequestBatcher(BiFunction<QueueName, List<I>, Uni<List<O>>> call, ToIntFunction<I> weight, int maxWeight) {
        this.call = call;
        this.weight = weight;
        this.maxWeight = maxWeight;
    }

    /** What one request is answered; it continues on the context it came from. */
    public Uni<O> ask(QueueName queue, I request) {
        return Uni.createFrom().emitter(emitter -> {
            ContextInternal context = ContextInternal.current();
            if (context == null || !context.nettyEventLoop().inEventLoop()) {
                call.apply(queue, List.of(request)).subscribe()
                        .with(answers -> emitter.complete(answers.get(0)), emitter::fail);
            } else {
                lines.get().computeIfAbsent(queue, q -> new Line(q, context.unwrap()))
                        .add(new Asked<>(request, emitter, context));
            }
        });
    }

    private record Asked<I, O>(I request, UniEmitter<? super O> emitter, ContextInternal context) {

        void answer(O answer) {
            context.emit(answer, emitter::complete);
        }

        void fail(Throwable failure) {
            context.emit(failure, emitter::fail);
        }
    }

    /** What waits for one queue, on one event loop. */
    private final class Line {
        private final QueueName queue;
        private final ContextInternal loop;
        private final ArrayDeque<Asked<I, O>> waiting = new ArrayDeque<>();
        private int underWay;
        private boolean flushScheduled;
        private boolean timerScheduled;

        Line(QueueName queue, ContextInternal loop) {
            this.queue = queue;
            this.loop = loop;
        }

        void add(Asked<I, O> asked) {
            waiting.add(asked);
            // A large one has little to share, and would only have Redis wait for it, and then everybody for Redis.
            if (underWay == 0 || 2 * weight.applyAsInt(asked.request()) >= maxWeight) {
                scheduleFlush();
            } else if (!timerScheduled) {
                timerScheduled = true;
                loop.nettyEventLoop().schedule(() -> {
                    timerScheduled = false;
                    scheduleFlush();
                }, MAX_WAIT_MS, TimeUnit.MILLISECONDS);
            }
        }

        /** At the end of this turn of the event loop: requests that were read in it go along. */
        private void scheduleFlush() {
            if (!flushScheduled && !waiting.isEmpty()) {
                flushScheduled = true;
                loop.runOnContext(v -> {
                    flushScheduled = false;
                    flush();
                });
            }
        }

        private void flush() {
            while (!waiting.isEmpty()) {
                List<Asked<I, O>> batch = new ArrayList<>();
                int sum = 0;
                while (!waiting.isEmpty()
                        && (batch.isEmpty() || sum + weight.applyAsInt(waiting.peek().request()) <= maxWeight)) {
                    sum += weight.applyAsInt(waiting.peek().request());
                    batch.add(waiting.poll());
                }
                send(batch);
            }
        }

        private void send(List<Asked<I, O>> batch) {
            underWay++;
            List<I> requests = new ArrayList<>(batch.size());
            batch.forEach(asked -> requests.add(asked.request()));
            Uni.createFrom().deferred(() -> call.apply(queue, requests)).subscribe().with(answers -> {
                returned();
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).answer(answers.get(i));
                }
            }, failure -> {
                returned();
                batch.forEach(asked -> asked.fail(failure));
            });
        }

        private void returned() {
            underWay--;
            if (!waiting.isEmpty()) {
                scheduleFlush();
            } else if (underWay == 0 && !flushScheduled && !timerScheduled) {
                lines.get().remove(queue, this);
            }
        }
    }
}
