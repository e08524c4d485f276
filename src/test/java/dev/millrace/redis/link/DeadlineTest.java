package dev.millrace.redis.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;

import dev.millrace.redis.EventLoop;

/** Redis is not blamed for what the event loop has had no time for. */
class DeadlineTest {

    private static final int MS = 200;

    private final VertxInternal vertx = (VertxInternal) Vertx.vertx();
    private final ContextInternal context = vertx.createEventLoopContext();
    private final AtomicInteger missed = new AtomicInteger();

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void whoeverDoesNotAnswerHasMissedIt() {
        context.runOnContext(v -> Deadline.start(EventLoop.of(context), MS, missed::incrementAndGet));
        await().atMost(Duration.ofSeconds(20)).until(() -> missed.get() == 1);
    }

    @Test
    void anAnswerBehindABusyTimeIsInTime() throws Exception {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        context.runOnContext(v -> {
            Deadline deadline = Deadline.start(EventLoop.of(context), MS, missed::incrementAndGet);
            context.nettyEventLoop().schedule(() -> {
                deadline.cancel();
                answered.complete(null);
            }, MS * 3 / 2, TimeUnit.MILLISECONDS);
            BusyLoop.turn(MS * 2);
        });
        answered.get(20, TimeUnit.SECONDS);
        // Its second time ends in this while, if it were not cancelled.
        await().pollDelay(Duration.ofMillis(2 * MS)).until(() -> true);
        assertEquals(0, missed.get());
    }

    @Test
    void itEndsThoughTheLoopIsAlwaysBusy() {
        context.runOnContext(v -> {
            Deadline.start(EventLoop.of(context), MS, missed::incrementAndGet);
            BusyLoop.turn(MS * 2);
            BusyLoop.until(() -> missed.get() > 0, context.nettyEventLoop(), MS * 2);
        });
        await().atMost(Duration.ofSeconds(20)).until(() -> missed.get() > 0);
        assertEquals(1, missed.get());
    }
}
