package dev.millrace.redis.pubsub;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;
import dev.millrace.redis.dev.RedisServerProcess;
import dev.millrace.redis.link.NumbingProxy;
import dev.millrace.redis.link.RedisEndpoint;
import dev.millrace.redis.link.RedisLink;

/** Guarantees of the connection on which a process listens: what is lost is noticed, said, and made good. */
class SubscriberTest {

    private static final Pattern SUBSCRIBE_CALLS = Pattern.compile("cmdstat_subscribe:calls=(\\d+)");
    private static final int MAX_CHANNELS = 2000;

    private final VertxInternal vertx = (VertxInternal) Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final RedisServerProcess server = RedisServerProcess.launch();
    private final RedisLink link = new RedisLink(vertx.createEventLoopContext(), clients(server.port(), null),
            RedisLink.Listener.NONE, ns -> {}, 100, Duration.ofSeconds(1));
    private final List<String> losses = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger beats = new AtomicInteger();
    private Duration linger = Duration.ofSeconds(1);
    private Subscriber subscriber;
    private RedisConversation redis = new RedisConversation(server.port());

    @AfterEach
    void stop() throws Exception {
        if (subscriber != null) {
            subscriber.close();
        }
        link.close();
        redis.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        server.stopAndClean();
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
    void aConnectionThatDiesWithoutEndingIsReplaced() throws Exception {
        try (NumbingProxy proxy = new NumbingProxy(server.port())) {
            start(clients(proxy.port(), null));
            Heard heard = listen("channel");
            eventually().until(() -> subscriber.isUp());
            proxy.numb();
            redis.call("PUBLISH", "channel", "lost");

            eventually().until(() -> heard.resubscribed.get() == 1);
            redis.call("PUBLISH", "channel", "heard");
            eventually().until(() -> heard.messages.equals(List.of("heard")));
            assertEquals(List.of("messages do not arrive"), losses);
            eventually().until(() -> subscriber.isUp());
        }
    }

    /** A new connection would not help, and lose what this one still delivers. */
    @Test
    void aConnectionIsKeptWhileNothingCanBePublished() {
        AtomicInteger attempts = new AtomicInteger();
        start(clients(server.port(), null), (channel, text) -> {
            attempts.incrementAndGet();
            return Uni.createFrom().failure(new RedisUnavailableException(Reason.OVERLOADED, "busy"));
        });
        Heard heard = listen("channel");
        eventually().until(() -> attempts.get() > 20);
        redis.call("PUBLISH", "channel", "x");
        eventually().until(() -> heard.messages.equals(List.of("x")));
        assertEquals(List.of(), losses);
    }

    @Test
    void whoListensWhileRedisIsAwayIsToldAndCalledLater() {
        start(clients(server.port(), null));
        Heard before = listen("before");
        redis.close();
        server.kill();
        eventually().until(() -> !losses.isEmpty());
        assertFalse(subscriber.isUp());
        Heard meanwhile = new Heard();
        meanwhile.subscription = subscriber.subscribe("meanwhile", meanwhile.messages::add,
                meanwhile.resubscribed::incrementAndGet);
        assertEquals(Reason.DOWN, assertThrows(RedisUnavailableException.class,
                () -> establish(meanwhile.subscription)).reason());
        assertEquals(0, before.resubscribed.get());
        Subscription gone = subscribe("gone");
        gone.close();

        server.start();

        redis = new RedisConversation(server.port());
        eventually().until(() -> before.resubscribed.get() == 1 && meanwhile.resubscribed.get() == 1);
        redis.call("PUBLISH", "before", "x");
        redis.call("PUBLISH", "meanwhile", "y");
        eventually().until(() -> before.messages.equals(List.of("x")) && meanwhile.messages.equals(List.of("y")));
        awaitChannels(Set.of("before", "meanwhile"));
        eventually().until(() -> subscriber.isUp());
    }

    @Test
    void whoListensWhileRedisIsFrozenIsToldInTime() {
        start(clients(server.port(), null));
        Heard before = listen("before");
        server.pause();
        Heard meanwhile = new Heard();
        meanwhile.subscription = subscriber.subscribe("meanwhile", meanwhile.messages::add,
                meanwhile.resubscribed::incrementAndGet);
        assertEquals(Reason.DOWN, assertThrows(RedisUnavailableException.class,
                () -> establish(meanwhile.subscription)).reason());
        server.resume();
        eventually().until(() -> before.resubscribed.get() > 0 && meanwhile.resubscribed.get() > 0);
    }

    @Test
    void aUserWhoMayNotListenIsToldSo() {
        redis.call("ACL", "SETUSER", "deaf", "on", ">pw", "~*", "+@all", "resetchannels");
        start(clients("redis://deaf:pw@127.0.0.1:" + server.port(), null));
        Heard heard = new Heard();
        heard.subscription = subscriber.subscribe("channel", heard.messages::add, heard.resubscribed::incrementAndGet);
        assertThrows(RedisUnavailableException.class, () -> establish(heard.subscription));
        eventually().until(() -> losses.size() > 2);
        assertTrue(losses.stream().allMatch(cause -> cause.startsWith("NOPERM")), losses.toString());
        assertFalse(subscriber.isUp());
        redis.call("ACL", "SETUSER", "deaf", "allchannels");
        eventually().until(() -> heard.resubscribed.get() == 1 && subscriber.isUp());
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

    @Test
    void nothingWaitsForeverAfterTheEnd() {
        start(clients(server.port(), null));
        Heard heard = listen("channel");
        subscriber.close();
        eventually().until(() -> channels().isEmpty() && !subscriber.isUp());
        assertThrows(RedisUnavailableException.class, () -> establish(subscribe("late")));
        assertThrows(RedisUnavailableException.class, () -> {
            Subscription closed = subscribe("closed");
            closed.close();
            establish(closed);
        });
        assertEquals(List.of(), losses, "a stop is no loss");
        assertEquals(0, heard.resubscribed.get());
    }

    /** What one listener was told. */
    private static final class Heard {
        private final List<String> messages = new CopyOnWriteArrayList<>();
        private final AtomicInteger resubscribed = new AtomicInteger();
        private volatile Subscription subscription;
    }

    private Heard listen(String channel) {
        Heard heard = new Heard();
        heard.subscription = subscriber.subscribe(channel, heard.messages::add, heard.resubscribed::incrementAndGet);
        establish(heard.subscription);
        return heard;
    }

    private Subscription subscribe(String channel) {
        return subscriber.subscribe(channel, text -> {}, () -> {});
    }

    private static void establish(Subscription subscription) {
        subscription.established().await().atMost(Duration.ofSeconds(20));
    }

    private void start(Supplier<Redis> clients) {
        link.open();
        start(clients, (channel, text) -> link.send(Request.cmd(Command.PUBLISH).arg(channel).arg(text)));
    }

    private void start(Supplier<Redis> clients, BiFunction<String, String, Uni<?>> publisher) {
        subscriber = new Subscriber(vertx.createEventLoopContext(), clients, publisher, Duration.ofSeconds(1),
                Duration.ofMillis(500), linger, MAX_CHANNELS, new Subscriber.Observer() {
                    @Override
                    public void alive() {
                        beats.incrementAndGet();
                    }

                    @Override
                    public void lost(String cause) {
                        losses.add(cause);
                    }

                    @Override
                    public void failed(Throwable e) {
                        failures.add(e);
                    }
                });
    }

    private Supplier<Redis> clients(int port, ProtocolVersion version) {
        return clients("redis://127.0.0.1:" + port, version);
    }

    private Supplier<Redis> clients(String url, ProtocolVersion version) {
        return () -> {
            RedisOptions options = RedisEndpoint.parse("REDIS_URL", url, null).options(new NetClientOptions(), 100);
            return Redis.createClient(vertx, version == null ? options : options.setPreferredProtocolVersion(version));
        };
    }

    private void awaitChannels(Set<String> expected) {
        eventually().untilAsserted(() -> assertEquals(expected, channels()));
    }

    /** What Redis sends, but for the heartbeat. */
    private Set<String> channels() {
        Set<String> names = new HashSet<>();
        redis.list("PUBSUB", "CHANNELS").forEach(name -> names.add((String) name));
        names.removeIf(name -> name.startsWith("mr:~alive:"));
        return names;
    }

    private int subscribeCalls() {
        Matcher calls = SUBSCRIBE_CALLS.matcher((String) redis.call("INFO", "commandstats"));
        assertTrue(calls.find());
        return Integer.parseInt(calls.group(1));
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(30));
    }
}
