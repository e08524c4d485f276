package dev.millrace.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;

/** A cluster of three primaries, which the service under test uses. */
public class RedisCluster implements QuarkusTestResourceLifecycleManager {

    private static final int SLOTS = 16_384;
    private static final int NODES = 3;

    static final List<RedisServerProcess> nodes = new ArrayList<>();

    @Override
    public Map<String, String> start() {
        for (int i = 0; i < NODES; i++) {
            nodes.add(RedisServerProcess.launch("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
        }
        for (int i = 0; i < NODES; i++) {
            int node = i;
            try (RedisConversation redis = new RedisConversation(nodes.get(i).port())) {
                List<Object> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
                for (int slot = node; slot < SLOTS; slot += NODES) {
                    command.add(slot);
                }
                redis.call(command.toArray());
                redis.call("CLUSTER", "MEET", "127.0.0.1", nodes.get(0).port());
            }
        }
        for (RedisServerProcess node : nodes) {
            try (RedisConversation redis = new RedisConversation(node.port())) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> redis.call("CLUSTER", "INFO").toString().contains("cluster_state:ok"));
            }
        }
        // A deadline that four processes on a busy machine keep.
        return Map.of("millrace.auth.enabled", "false", "millrace.kv.url", "", "millrace.redis.timeout", "5s",
                "millrace.ops.gauges.every",
                "1s",
                "millrace.redis.url",
                "redis-cluster://127.0.0.1:" + nodes.get(0).port());
    }

    @Override
    public void stop() {
        nodes.forEach(RedisServerProcess::stopAndClean);
        nodes.clear();
    }
}
