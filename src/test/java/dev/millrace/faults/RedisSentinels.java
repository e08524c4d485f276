package dev.millrace.faults;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;

/** A master, its replica, and a sentinel that the service under test asks which is which. */
public class RedisSentinels implements QuarkusTestResourceLifecycleManager {

    static volatile RedisServerProcess master;
    static volatile RedisServerProcess replica;
    private RedisServerProcess sentinel;

    @Override
    public Map<String, String> start() {
        master = RedisServerProcess.launch();
        replica = RedisServerProcess.launch("--replicaof", "127.0.0.1", Integer.toString(master.port()));
        try (RedisConversation redis = new RedisConversation(replica.port())) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> redis.call("INFO", "replication").toString().contains("master_link_status:up"));
        }
        sentinel = RedisServerProcess.launch(configuration().toString(), "--sentinel");
        try (RedisConversation redis = new RedisConversation(sentinel.port())) {
            await().atMost(Duration.ofSeconds(60)).until(() -> redis.list("SENTINEL", "REPLICAS", "main").size() == 1);
        }
        return Map.of("millrace.auth.enabled", "false", "millrace.kv.url", "", "millrace.redis.url",
                "redis-sentinel://127.0.0.1:" + sentinel.port() + "#main");
    }

    private static Path configuration() {
        try {
            Path file = Files.createTempFile("sentinel", ".conf");
            return Files.write(file, List.of("sentinel monitor main 127.0.0.1 " + master.port() + " 1",
                    "sentinel down-after-milliseconds main 1000", "sentinel failover-timeout main 10000"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        List.of(sentinel, replica, master).forEach(RedisServerProcess::stopAndClean);
    }
}
