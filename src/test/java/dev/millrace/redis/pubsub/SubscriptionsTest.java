package dev.millrace.redis.pubsub;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import jakarta.inject.Inject;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.redis.client.Command;

import dev.millrace.RedisTestResource;
import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;

/** What features get of Redis' channels: every message, in order; and Redis is asked for what is listened to, no more. */
@QuarkusTest
class SubscriptionsTest {

    private static final String PREFIX = "subscriptions-test:";

    @Inject
    Subscriptions subscriptions;

    @Inject
    ReactiveRedisDataSource dataSource;

    @TestHTTPResource(value = "/metrics", management = true)
    URL metrics;

    RedisConversation redis;

    private final List<Subscription> open = new CopyOnWriteArrayList<>();

    @BeforeEach
    void mayDoEverything() {
        RedisTestResource.grantEverything(redis);
    }

    @AfterEach
    void close() {
        open.forEach(Subscription::close);
        awaitChannels(Set.of());
        RedisTestResource.grantNoMore(redis);
    }

    @Test
    void messagesComeInOrder() {
        List<String> a = new CopyOnWriteArrayList<>();
        List<String> b = new CopyOnWriteArrayList<>();
        establish(listen("order", a));
        establish(listen("order", b));
        List<String> sent = IntStream.range(0, 1000).mapToObj(Integer::toString).toList();
        for (String message : sent) {
            redis.call("PUBLISH", PREFIX + "order", message);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> a.size() == 1000 && b.size() == 1000);
        assertEquals(sent, a);
        assertEquals(sent, b);
    }

    @Test
    void whatThisServicePublishesArrives() {
        List<String> heard = new CopyOnWriteArrayList<>();
        establish(listen("own", heard));
        dataSource.execute(Command.PUBLISH, PREFIX + "own", "x").await().atMost(Duration.ofSeconds(20));
        await().atMost(Duration.ofSeconds(20)).until(() -> heard.equals(List.of("x")));
    }

    /** Once a subscription is established, nothing is missed; however many come and go at the same time. */
    @Test
    void churnEndsWithTheRightChannelsAndLosesNothing() throws Exception {
        int threads = 8;
        Set<String> expected = new TreeSet<>();
        ExecutorService clients = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Set<String>>> ends = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                ends.add(clients.submit(this::churn));
            }
            for (Future<Set<String>> end : ends) {
                expected.addAll(end.get());
            }
        } finally {
            clients.shutdown();
        }
        awaitChannels(expected);
        assertTrue(expected.size() > 0);
    }

    /** Listens here and there for a while, and returns where it goes on listening. */
    private Set<String> churn() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        List<Subscription> mine = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            if (mine.size() > 3 || !mine.isEmpty() && random.nextBoolean()) {
                int gone = random.nextInt(mine.size());
                mine.remove(gone).close();
                names.remove(gone);
            } else {
                String name = "churn-" + random.nextInt(30);
                List<String> heard = new CopyOnWriteArrayList<>();
                mine.add(listen(name, heard));
                names.add(PREFIX + name);
                if (i % 20 == 0) {
                    establish(mine.get(mine.size() - 1));
                    String text = Thread.currentThread().getName() + i;
                    redis.call("PUBLISH", PREFIX + name, text);
                    await().atMost(Duration.ofSeconds(20)).until(() -> heard.contains(text));
                }
            }
        }
        return new HashSet<>(names);
    }

    @Test
    void thereIsABoundOnChannels() {
        RedisUnavailableException refused = assertThrows(RedisUnavailableException.class, () -> {
            for (int i = 0; i <= Subscriptions.MAX_CHANNELS; i++) {
                listen("bound-" + i, new ArrayList<>());
            }
        });
        assertEquals(Reason.OVERLOADED, refused.reason());
        assertEquals(Subscriptions.MAX_CHANNELS, metric("millrace_redis_subscriptions"));
        listen("bound-0", new ArrayList<>());
        open.get(5).close();
        establish(listen("other", new ArrayList<>()));
    }

    @Test
    void metricsSayHowManyAndWhetherTheyWork() {
        int before = metric("millrace_redis_subscriptions");
        establish(listen("metrics-1", new ArrayList<>()));
        establish(listen("metrics-1", new ArrayList<>()));
        establish(listen("metrics-2", new ArrayList<>()));
        assertEquals(before + 2, metric("millrace_redis_subscriptions"));
        await().atMost(Duration.ofSeconds(20)).until(() -> metric("millrace_redis_subscriptions_up") == 1);
    }

    private Subscription listen(String name, List<String> messages) {
        Subscription subscription = subscriptions.subscribe(PREFIX + name, messages::add, () -> {});
        open.add(subscription);
        return subscription;
    }

    private static void establish(Subscription subscription) {
        subscription.established().await().atMost(Duration.ofSeconds(20));
    }

    private void awaitChannels(Set<String> expected) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            Set<String> channels = new TreeSet<>();
            redis.list("PUBSUB", "CHANNELS", PREFIX + "*").forEach(name -> channels.add((String) name));
            assertEquals(expected, channels);
        });
    }

    private int metric(String name) {
        Matcher value = Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})? (\\S+)$")
                .matcher(given().get(metrics).asString());
        assertTrue(value.find(), name);
        return (int) Double.parseDouble(value.group(1));
    }
}
