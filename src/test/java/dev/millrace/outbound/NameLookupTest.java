package dev.millrace.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Names are looked up one look for all who ask at once, only so many wait, and no domain holds up the others. */
class NameLookupTest {

    private final Vertx vertx = Vertx.vertx();
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger looks = new AtomicInteger();
    private final NameLookup names = new NameLookup(vertx, "names", name -> {
        looks.incrementAndGet();
        try {
            if (!name.endsWith("alive.example")) {
                end.await();
            }
        } catch (InterruptedException e) {
            throw new UnknownHostException(name);
        }
        if (name.startsWith("no")) {
            throw new UnknownHostException(name);
        }
        return new InetAddress[]{InetAddress.getByName("127.0.0.1"), InetAddress.getByName("127.0.0.2")};
    });

    @AfterEach
    void close() {
        end.countDown();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void onlySoManyWait() {
        List<Future<List<InetAddress>>> waiting = new ArrayList<>();
        for (int i = 0; i < NameLookup.MAX_WAITING; i++) {
            waiting.add(names.lookup("name-" + i));
        }
        Future<List<InetAddress>> oneMore = names.lookup("one-more");
        assertInstanceOf(RejectedExecutionException.class, oneMore.cause());
        assertEquals("its name was not looked up, as too many others are", OutboundFailures.ofLookup(oneMore.cause()));
        assertSame(waiting.get(0), names.lookup("name-0"), "who asks for one that waits is no more");
        end.countDown();
        waiting.forEach(one -> assertEquals(2, await(one).size()));
        assertEquals(NameLookup.MAX_WAITING, looks.get());
        assertEquals(2, await(names.lookup("one-more")).size());
    }

    @Test
    void aDomainThatDoesNotAnswerHoldsUpNoOther() {
        List<Future<List<InetAddress>>> dead = new ArrayList<>();
        for (int i = 0; i < NameLookup.MAX_OF_A_DOMAIN; i++) {
            dead.add(names.lookup("customer-" + i + ".hooks.dead.example"));
        }
        assertInstanceOf(RejectedExecutionException.class, names.lookup("dead.example").cause());
        assertSame(dead.get(9), names.lookup("customer-9.hooks.dead.example"));

        for (int i = 0; i < NameLookup.MAX_OF_A_DOMAIN + 1; i++) {
            assertEquals(2, await(names.lookup("customer-" + i + ".alive.example")).size());
        }

        end.countDown();
        dead.forEach(one -> assertEquals(2, await(one).size()));
        assertEquals(2, await(names.lookup("dead.example")).size());
    }

    @Test
    void nothingIsRemembered() {
        end.countDown();
        Future<List<InetAddress>> first = names.lookup("no");
        await(first.otherwiseEmpty());
        assertTrue(first.failed());
        Future<List<InetAddress>> second = names.lookup("no");
        assertNotSame(first, second);
        await(second.otherwiseEmpty());
        assertEquals(2, looks.get());
    }
}
