package dev.millrace.redis.pubsub;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;
import dev.millrace.redis.link.LinkListener;
import dev.millrace.redis.link.RedisEndpoint;
import dev.millrace.redis.link.RedisLink;

/** A process that listens, with a Redis of its own. */
abstract class SubscriberFixture {

    static final Pattern SUBSCRIBE_CALLS = Pattern.compile("cmdstat_subscribe:calls=(\\d+)");
    static final int MAX_CHANNELS = 2000;

    final VertxInternal vertx = (VertxInternal) Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    final RedisServerProcess server = RedisServerProcess.launch();
    final RedisLink link = new RedisLink(vertx.createEventLoopContext(), clients(server.port(), null),
            LinkListener.NONE, ns -> {}, 100, Duration.ofSeconds(1));
    final List<String> losses = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final AtomicInteger beats = new AtomicInteger();
    Duration deadline = Duration.ofSeconds(1);
    Duration linger = Duration.ofSeconds(1);
    Subscriber subscriber;
    RedisConversation redis = new RedisConversation(server.port());

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

    /** What one listener was told. */
    static final class Heard {
        final List<String> messages = new CopyOnWriteArrayList<>();
        final AtomicInteger resubscribed = new AtomicInteger();
        volatile Subscription subscription;
    }

    Heard listen(String channel) {
        Heard heard = new Heard();
        heard.subscription = subscriber.subscribe(channel, heard.messages::add, heard.resubscribed::incrementAndGet);
        establish(heard.subscription);
        return heard;
    }

    Subscription subscribe(String channel) {
        return subscriber.subscribe(channel, text -> {}, () -> {});
    }

    static void establish(Subscription subscription) {
        subscription.established().await().atMost(Duration.ofSeconds(20));
    }

    void start(Supplier<Redis> clients) {
        link.open();
        start(clients, (channel, text) -> link.send(Request.cmd(Command.PUBLISH).arg(channel).arg(text)));
    }

    void start(Supplier<Redis> clients, BiFunction<String, String, Uni<?>> publisher) {
        subscriber = new Subscriber(vertx.createEventLoopContext(), clients, publisher, deadline,
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

    Supplier<Redis> clients(int port, ProtocolVersion version) {
        return clients("redis://127.0.0.1:" + port, version);
    }

    Supplier<Redis> clients(String url, ProtocolVersion version) {
        return () -> {
            RedisOptions options = RedisEndpoint.parse("REDIS_URL", url, null).options(new NetClientOptions(), 100);
            return Redis.createClient(vertx, version == null ? options : options.setPreferredProtocolVersion(version));
        };
    }

    void awaitChannels(Set<String> expected) {
        eventually().untilAsserted(() -> assertEquals(expected, channels()));
    }

    /** What Redis sends, but for the heartbeat. */
    Set<String> channels() {
        Set<String> names = new HashSet<>();
        redis.list("PUBSUB", "CHANNELS").forEach(name -> names.add((String) name));
        names.removeIf(name -> name.startsWith("mr:~alive:"));
        return names;
    }

    int subscribeCalls() {
        Matcher calls = SUBSCRIBE_CALLS.matcher((String) redis.call("INFO", "commandstats"));
        assertTrue(calls.find());
        return Integer.parseInt(calls.group(1));
    }

    static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(30));
    }
}
