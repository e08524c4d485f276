package dev.millrace.redis.pubsub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;

/** Guarantees of the connection on which a process listens: every listener gets every message. */
class SubscriberTest extends SubscriberFixture {

    /** A deadline that passes on a busy machine would be a loss of its own. */
    @BeforeEach
    void patient() {
        deadline = Duration.ofSeconds(20);
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void everyListenerGetsEveryMessage(ProtocolVersion version) {
        start(clients(server.port(), version));
        Heard a = listen("one");
        Heard b = listen("one");
        Heard c = listen("two");
        redis.call("PUBLISH", "one", "x");
        redis.call("PUBLISH", "two", "y");
        redis.call("PUBLISH", "three", "z");
        redis.call("PUBLISH", "one", "Grüße 😀\r\n\0");
        redis.call("PUBLISH", "one", "");

        eventually().until(() -> b.messages.size() == 3 && c.messages.size() == 1);
        assertEquals(List.of("x", "Grüße 😀\r\n\0", ""), a.messages);
        assertEquals(a.messages, b.messages);
        assertEquals(List.of("y"), c.messages);

        a.subscription.close();
        a.subscription.close();
        redis.call("PUBLISH", "one", "last");
        eventually().until(() -> b.messages.contains("last"));
        assertFalse(a.messages.contains("last"));
        b.subscription.close();
        c.subscription.close();
        awaitChannels(Set.of());
        eventually().until(() -> beats.get() > 3);
        assertEquals(List.of(), losses);
        assertEquals(0, a.resubscribed.get() + b.resubscribed.get() + c.resubscribed.get());
    }

    @Test
    void manyChannelsComeAndGo() {
        start(clients(server.port(), null));
        List<Subscription> many = IntStream.range(0, MAX_CHANNELS).mapToObj(i -> subscribe("many-" + i)).toList();
        many.forEach(SubscriberTest::establish);
        assertEquals(MAX_CHANNELS, subscriber.channels());
        assertEquals(MAX_CHANNELS, channels().size());
        int calls = subscribeCalls();
        assertTrue(calls < 100, calls + " commands");

        RedisUnavailableException refused = assertThrows(RedisUnavailableException.class, () -> subscribe("more"));
        assertEquals(Reason.OVERLOADED, refused.reason());
        establish(subscribe("many-7"));
        many.get(3).close();
        establish(subscribe("more"));

        many.forEach(Subscription::close);
        awaitChannels(Set.of("many-7", "more"));
        assertEquals(2, subscriber.channels());
    }

    @Test
    void whoeverTakesTurnsCostsRedisNothing() {
        start(clients(server.port(), null));
        Subscription before = subscribe("turns");
        establish(before);
        int calls = subscribeCalls();
        for (int i = 0; i < 1000; i++) {
            before.close();
            before = subscribe("turns");
            establish(before);
        }
        assertTrue(subscribeCalls() - calls < 20, subscribeCalls() - calls + " commands");
        Heard heard = listen("turns");
        redis.call("PUBLISH", "turns", "x");
        eventually().until(() -> heard.messages.equals(List.of("x")));
    }

    /** While Redis is still being told of the one, the other happens. */
    @Test
    void whoeverComesAndGoesAtTheSameMomentHearsAll() throws Exception {
        linger = Duration.ZERO;
        start(clients(server.port(), null));
        AtomicInteger resubscribed = new AtomicInteger();
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                ends.add(clients.submit(() -> comeAndGo(resubscribed)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            clients.shutdown();
        }
        awaitChannels(Set.of());
        listen("come-0").subscription.close();
        awaitChannels(Set.of());
        assertEquals(0, resubscribed.get());
        assertEquals(List.of(), losses);
    }

    private void comeAndGo(AtomicInteger resubscribed) {
        try (RedisConversation own = new RedisConversation(server.port())) {
            for (int i = 0; i < 500; i++) {
                String channel = "come-" + i % 2;
                String text = Thread.currentThread().getName() + i;
                CompletableFuture<String> heard = new CompletableFuture<>();
                try (Subscription subscription = subscriber.subscribe(channel, message -> {
                    if (message.equals(text)) {
                        heard.complete(message);
                    }
                }, resubscribed::incrementAndGet)) {
                    if (i % 5 > 0) {
                        establish(subscription);
                        own.call("PUBLISH", channel, text);
                        heard.orTimeout(20, TimeUnit.SECONDS).join();
                    }
                }
            }
        }
    }

    @Test
    void anExceptionOfOneListenerHurtsNoOther() {
        start(clients(server.port(), null));
        List<Heard> good = new ArrayList<>(List.of(listen("channel")));
        for (int i = 0; i < 10; i++) {
            establish(subscriber.subscribe("channel", text -> {
                throw new IllegalStateException(text);
            }, () -> {
                throw new IllegalStateException();
            }));
            good.add(listen("channel"));
        }
        redis.call("PUBLISH", "channel", "x");
        redis.call("PUBLISH", "channel", "y");
        eventually().until(() -> good.stream().allMatch(heard -> heard.messages.equals(List.of("x", "y"))));
        assertEquals(20, failures.size());
        redis.call("CLIENT", "KILL", "TYPE", "pubsub");
        eventually().until(() -> good.stream().allMatch(heard -> heard.resubscribed.get() == 1));
        eventually().until(() -> subscriber.isUp());
        assertEquals(1, losses.size());
    }

    @Test
    void handlersMaySubscribeAndClose() {
        start(clients(server.port(), null));
        Heard chained = new Heard();
        Heard once = new Heard();
        once.subscription = subscriber.subscribe("first", text -> {
            once.messages.add(text);
            once.subscription.close();
            chained.subscription = subscriber.subscribe("second", chained.messages::add, () -> {});
        }, () -> {});
        establish(once.subscription);
        redis.call("PUBLISH", "first", "x");
        redis.call("PUBLISH", "first", "y");
        eventually().until(() -> chained.subscription != null);
        establish(chained.subscription);
        redis.call("PUBLISH", "second", "z");
        eventually().until(() -> chained.messages.equals(List.of("z")));
        assertEquals(List.of("x"), once.messages);
    }

    @Test
    void callersGoOnWhereTheyCalled() throws Exception {
        start(clients(server.port(), null));
        for (int i = 0; i < 4; i++) {
            ContextInternal caller = vertx.createEventLoopContext().duplicate();
            CompletableFuture<ContextInternal> end = new CompletableFuture<>();
            String channel = "channel-" + i;
            caller.runOnContext(v -> subscribe(channel).established().subscribe()
                    .with(done -> end.complete(ContextInternal.current()), end::completeExceptionally));
            assertSame(caller, end.get(20, TimeUnit.SECONDS));
        }
    }
}
