package dev.millrace.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;

import jakarta.inject.Inject;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.redis.client.Command;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.pubsub.Subscription;
import dev.millrace.redis.pubsub.Subscriptions;

/** Redis cuts the connection that listens, stops and freezes: messages come again, and whoever listens knows what he missed. */
@QuarkusTest
@WithTestResource(FaultyRedis.class)
class SubscriptionsFaultTest {

    private static final int CHANNELS = 600;

    @Inject
    Subscriptions subscriptions;

    @Inject
    ReactiveRedisDataSource dataSource;

    private final List<Heard> listeners = new CopyOnWriteArrayList<>();
    private final Log log = new Log();
    private boolean paused;
    private boolean killed;

    @BeforeEach
    void listen() {
        for (int i = 0; i < CHANNELS; i++) {
            listeners.add(new Heard("faults:" + i));
        }
        listeners.forEach(heard -> heard.subscription.established().await().atMost(Duration.ofSeconds(20)));
        Logger.getLogger(Subscriptions.class.getName()).addHandler(log);
    }

    @AfterEach
    void heal() {
        if (paused) {
            FaultyRedis.server.resume();
        }
        if (killed) {
            FaultyRedis.server.start();
        }
        Logger.getLogger(Subscriptions.class.getName()).removeHandler(log);
        listeners.forEach(heard -> heard.subscription.close());
    }

    @Test
    void aCutConnectionIsReopened() {
        for (int times = 1; times <= 5; times++) {
            publish("before " + times);
            awaitMessage("before " + times);
            try (RedisConversation redis = redis()) {
                redis.call("CLIENT", "KILL", "TYPE", "pubsub");
            }
            awaitResubscribed(times);
            publish("after " + times);
            awaitMessage("after " + times);
            int logged = 2 * times;
            eventually().until(() -> log.messages.size() == logged);
        }
        listeners.forEach(heard -> assertEquals(10, heard.messages.size()));
        assertLossesAndReturns(5);
    }

    @Test
    void aRestartOfRedisIsMadeGood() {
        killed = true;
        FaultyRedis.server.kill();
        eventually().until(() -> !log.messages.isEmpty());
        Heard meanwhile = new Heard("faults:meanwhile");
        listeners.add(meanwhile);
        assertThrows(RedisUnavailableException.class,
                () -> meanwhile.subscription.established().await().atMost(Duration.ofSeconds(20)));

        FaultyRedis.server.start();
        killed = false;

        awaitResubscribed(1);
        publish("after");
        awaitMessage("after");
        eventually().until(() -> log.messages.size() == 2);
        assertLossesAndReturns(1);
    }

    @Test
    void aFrozenRedisThaws() {
        paused = true;
        FaultyRedis.server.pause();
        Heard meanwhile = new Heard("faults:meanwhile");
        listeners.add(meanwhile);
        // Not confirmed in time.
        assertThrows(RedisUnavailableException.class,
                () -> meanwhile.subscription.established().await().atMost(Duration.ofSeconds(20)));
        FaultyRedis.server.resume();
        paused = false;

        awaitResubscribed(1);
        publish("after");
        awaitMessage("after");
        eventually().until(() -> log.messages.size() == 2);
        assertLossesAndReturns(1);
    }

    /** The connection is still good then, and giving it up would lose what Redis took in meanwhile. */
    @Test
    void aShortFreezeMissesNothing() throws Exception {
        paused = true;
        FaultyRedis.server.pause();
        Thread publisher = new Thread(() -> publish("during"));
        publisher.start();
        assertThrows(RedisUnavailableException.class,
                () -> dataSource.execute(Command.PING).await().atMost(Duration.ofSeconds(20)));
        FaultyRedis.server.resume();
        paused = false;
        publisher.join();
        awaitMessage("during");
        listeners.forEach(heard -> assertEquals(0, heard.resubscribed.get()));
    }

    private void assertLossesAndReturns(int times) {
        IntStream.range(0, 2 * times).forEach(i -> assertEquals(i % 2 == 0 ? "lost" : "restored",
                log.messages.get(i).replaceAll("^Redis subscriptions (\\w+).*", "$1")));
    }

    private void publish(String text) {
        try (RedisConversation redis = redis()) {
            listeners.forEach(heard -> redis.call("PUBLISH", heard.channel, text));
        }
    }

    private void awaitMessage(String text) {
        eventually().until(() -> listeners.stream().allMatch(heard -> heard.messages.contains(text)));
    }

    private void awaitResubscribed(int times) {
        eventually().until(() -> listeners.stream().allMatch(heard -> heard.resubscribed.get() >= times));
        listeners.forEach(heard -> assertEquals(times, heard.resubscribed.get(), heard.channel));
    }

    private static RedisConversation redis() {
        return new RedisConversation(FaultyRedis.server.port());
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(30));
    }

    private final class Heard {
        private final String channel;
        private final List<String> messages = new CopyOnWriteArrayList<>();
        private final AtomicInteger resubscribed = new AtomicInteger();
        private final Subscription subscription;

        Heard(String channel) {
            this.channel = channel;
            this.subscription = subscriptions.subscribe(channel, messages::add, resubscribed::incrementAndGet);
        }
    }

    private static final class Log extends Handler {
        private final List<String> messages = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord line) {
            messages.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
