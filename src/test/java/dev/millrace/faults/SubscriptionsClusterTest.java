package dev.millrace.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.redis.client.Command;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;
import dev.millrace.redis.pubsub.Subscription;
import dev.millrace.redis.pubsub.Subscriptions;

/** In a cluster, messages arrive whichever node they are published at. */
@QuarkusTest
@WithTestResource(RedisCluster.class)
class SubscriptionsClusterTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Inject
    Subscriptions subscriptions;

    @Inject
    ReactiveRedisDataSource dataSource;

    @Test
    void messagesOfAllNodesArrive() {
        List<String> heard = new CopyOnWriteArrayList<>();
        AtomicInteger resubscribed = new AtomicInteger();
        List<Subscription> others = new ArrayList<>();
        Subscription subscription = subscriptions.subscribe("cluster", heard::add, resubscribed::incrementAndGet);
        try {
            subscription.established().await().atMost(SOON);
            for (int i = 0; i < 10; i++) {
                Subscription other = subscriptions.subscribe("cluster-" + i, text -> {}, () -> {});
                others.add(other);
                other.established().await().atMost(SOON);
            }
            publishEverywhere("before", heard);
            assertEquals(1, RedisCluster.nodes.stream().filter(node -> !channels(node).isEmpty()).count(),
                    "nodes asked");

            for (RedisServerProcess node : RedisCluster.nodes) {
                try (RedisConversation redis = new RedisConversation(node.port())) {
                    redis.call("CLIENT", "KILL", "TYPE", "pubsub");
                }
            }

            await().atMost(SOON).until(() -> resubscribed.get() > 0);
            publishEverywhere("after", heard);
        } finally {
            subscription.close();
            others.forEach(Subscription::close);
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertEquals(Set.of(), RedisCluster.nodes.stream()
                        .flatMap(node -> channels(node).stream()).filter(name -> !name.startsWith("mr:~alive:"))
                        .collect(Collectors.toSet())));
    }

    private void publishEverywhere(String text, List<String> heard) {
        for (RedisServerProcess node : RedisCluster.nodes) {
            try (RedisConversation redis = new RedisConversation(node.port())) {
                redis.call("PUBLISH", "cluster", text + node.port());
            }
        }
        // The first time, perhaps before the links are up.
        await().atMost(SOON).ignoreExceptions().until(() -> dataSource
                .execute(Command.PUBLISH, "cluster", text).await().atMost(SOON) != null);
        await().atMost(SOON).until(() -> heard.contains(text)
                && RedisCluster.nodes.stream().allMatch(node -> heard.contains(text + node.port())));
    }

    private static Set<String> channels(RedisServerProcess node) {
        try (RedisConversation redis = new RedisConversation(node.port())) {
            return redis.list("PUBSUB", "CHANNELS").stream().map(String.class::cast).collect(Collectors.toSet());
        }
    }
}
