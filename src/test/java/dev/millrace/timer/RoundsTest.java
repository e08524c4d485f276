package dev.millrace.timer;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

/** Guarantees of what is repeated in the background. */
class RoundsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Vertx vertx = Vertx.vertx();
    private final Rounds rounds = new Rounds(vertx);

    @AfterEach
    void close() {
        rounds.stop(new ShutdownEvent());
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aTaskIsRepeatedOnOneThreadAndNeverOverlaps() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger began = new AtomicInteger();
        rounds.every(1, () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            began.incrementAndGet();
            return Uni.createFrom().voidItem().onItem().delayIt().by(Duration.ofMillis(5))
                    .invoke(running::decrementAndGet);
        });
        await().atMost(PATIENCE).until(() -> began.get() >= 5);
        assertEquals(1, most.get());
    }

    @Test
    void aFailureDoesNotEndATask() {
        AtomicInteger began = new AtomicInteger();
        rounds.every(1, () -> {
            if (began.incrementAndGet() % 2 == 0) {
                throw new IllegalStateException("a round that throws");
            }
            return Uni.createFrom().failure(new IllegalStateException("a round that fails"));
        });
        await().atMost(PATIENCE).until(() -> began.get() >= 4);
    }

    @Test
    void aTaskThatBlocksDoesNotRunOnAnEventLoop() {
        List<String> threads = new CopyOnWriteArrayList<>();
        rounds.everyBlocking(1, () -> threads.add(Thread.currentThread().getName()));
        await().atMost(PATIENCE).until(() -> threads.size() >= 3);
        assertTrue(threads.stream().noneMatch(name -> name.contains("eventloop")), threads::toString);
    }

    @Test
    void theEndOfTheServiceEndsATask() {
        AtomicInteger began = new AtomicInteger();
        rounds.every(1, () -> {
            if (began.incrementAndGet() == 3) {
                rounds.stop(new ShutdownEvent());
            }
            return Uni.createFrom().voidItem();
        });
        AtomicInteger later = new AtomicInteger();
        await().atMost(PATIENCE).until(() -> began.get() >= 3);
        vertx.setTimer(50, t -> later.set(began.get()));
        await().atMost(PATIENCE).until(() -> later.get() > 0);
        assertEquals(3, later.get());
    }
}
