package dev.millrace.queue.waiting;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;

import dev.millrace.queue.model.QueueName;
import dev.millrace.redis.EventLoop;

/**
 * Batches concurrent requests about a queue on an event loop into one call to Redis. Requests that arrive during a call wait
 * for its end, but at most 1 ms; large requests do not wait. So a single request is sent at once, and the cost per request
 * falls as load rises.
 *
 * @param <I> a request
 * @param <O> the result of a request
 */
public final class RequestBatcher<I, O> {

    private static final long MAX_WAIT_MS = 1;

    private final BiFunction<QueueName, List<I>, Uni<List<O>>> call;
    private final ToIntFunction<I> weight;
    private final int maxWeight;
    private final ThreadLocal<Map<QueueName, Line>> lines = ThreadLocal.withInitial(HashMap::new);

    /**
     * @param call sends a batch, and returns one result for each request in order
     * @param weight of a request
     * @param maxWeight of a batch; a request that weighs more is sent alone
     */
    public RequestBatcher(BiFunction<QueueName, List<I>, Uni<List<O>>> call, ToIntFunction<I> weight, int maxWeight) {
        this.call = call;
        this.weight = weight;
        this.maxWeight = maxWeight;
    }

    /** Sends a request with others. Its result arrives on the context that the request came from. */
    public Uni<O> ask(QueueName queue, I request) {
        return Uni.createFrom().emitter(emitter -> {
            EventLoop context = EventLoop.current();
            if (context == null || !context.isCurrentThread()) {
                call.apply(queue, List.of(request)).subscribe()
                        .with(answers -> emitter.complete(answers.get(0)), emitter::fail);
            } else {
                lines.get().computeIfAbsent(queue, q -> new Line(q, context.root()))
                        .add(new Asked<>(request, emitter, context));
            }
        });
    }

    private record Asked<I, O>(I request, UniEmitter<? super O> emitter, EventLoop context) {

        void answer(O answer) {
            context.runNow(() -> emitter.complete(answer));
        }

        void fail(Throwable failure) {
            context.runNow(() -> emitter.fail(failure));
        }
    }

    /** The requests about one queue on one event loop. */
    private final class Line {
        private final QueueName queue;
        private final EventLoop loop;
        private final ArrayDeque<Asked<I, O>> waiting = new ArrayDeque<>();
        private int underWay;
        private boolean flushScheduled;
        private boolean timerScheduled;

        Line(QueueName queue, EventLoop loop) {
            this.queue = queue;
            this.loop = loop;
        }

        void add(Asked<I, O> asked) {
            waiting.add(asked);
            // A large request gains little from sharing a call, and would delay the others in it.
            if (underWay == 0 || 2 * weight.applyAsInt(asked.request()) >= maxWeight) {
                scheduleFlush();
            } else if (!timerScheduled) {
                timerScheduled = true;
                loop.after(MAX_WAIT_MS, () -> {
                    timerScheduled = false;
                    scheduleFlush();
                });
            }
        }

        /** Sends the batch at the end of this turn of the event loop, together with requests that the turn still reads. */
        private void scheduleFlush() {
            if (!flushScheduled && !waiting.isEmpty()) {
                flushScheduled = true;
                loop.run(() -> {
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
