package dev.millrace.redis.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Redis;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisRefusal;
import dev.millrace.redis.dev.RedisServerProcess;

class ConnectionLogTest {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = Logger.getLogger(ConnectionLog.class.getName());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(String.format(line.getMessage(), line.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void unlisten() {
        logger.removeHandler(handler);
    }

    /** The first attempt says only that the connection was closed; the operator must be told that a password is missing. */
    @Test
    void saysWhyRedisRefusesTheNextConnection() throws Exception {
        RedisServerProcess server = RedisServerProcess.launch();
        VertxInternal vertx = (VertxInternal) Vertx.vertx();
        RedisEndpoint endpoint = RedisEndpoint.parse("REDIS_URL", "redis://127.0.0.1:" + server.port(), null);
        ConnectionLog log = new ConnectionLog("Redis", endpoint);
        RedisLink link = new RedisLink(vertx.createEventLoopContext(),
                () -> Redis.createClient(vertx, endpoint.options(new NetClientOptions(), 100)), logTo(log), ns -> {},
                100, Duration.ofSeconds(5));
        try (RedisConversation redis = new RedisConversation(server.port())) {
            link.open();
            await().atMost(Duration.ofSeconds(20)).until(link::isUp);
            redis.call("CONFIG", "SET", "requirepass", "secret");
            redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            await().atMost(Duration.ofSeconds(20)).until(() -> lines.size() == 3);
            redis.call("CONFIG", "SET", "requirepass", "");
            await().atMost(Duration.ofSeconds(20)).until(() -> lines.size() == 4);
        } finally {
            link.close();
            vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
            server.stopAndClean();
        }
        assertEquals(List.of(
                "Connected to Redis: " + endpoint,
                "Redis connection lost (" + endpoint + "): the connection was closed",
                "Redis refuses connections (" + endpoint + "): NOAUTH Authentication required. "
                        + RedisRefusal.NOAUTH.advice(),
                "Redis connection restored"), lines);
    }

    @Test
    void saysEachRefusalOnceInAnOutage() {
        RedisEndpoint endpoint = RedisEndpoint.parse("REDIS_URL", "redis://127.0.0.1:1", null);
        ConnectionLog log = new ConnectionLog("Redis", endpoint);
        for (int outage = 0; outage < 2; outage++) {
            for (int attempt = 0; attempt < 3; attempt++) {
                log.disconnected("closed", null);
                log.disconnected("loading", RedisRefusal.LOADING);
                log.disconnected("no password", RedisRefusal.NOAUTH);
            }
            log.connected(true);
        }
        assertEquals(8, lines.size(), lines::toString);
        assertEquals(2, lines.stream().filter(line -> line.endsWith("loading")).count(), lines::toString);
        assertEquals(2, lines.stream().filter(line -> line.endsWith("no password")).count(), lines::toString);
    }

    private static LinkListener logTo(ConnectionLog log) {
        return new LinkListener() {
            @Override
            public void connected(RedisLink link) {
                log.connected(true);
            }

            @Override
            public void disconnected(RedisLink link, String cause, @Nullable RedisRefusal refusal) {
                log.disconnected(cause, refusal);
            }
        };
    }
}
