package dev.millrace.redis.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisRefusal;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.dev.RedisServerProcess;

/** What an operator can ask a server that refuses callers. */
class OneShotConnectionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final VertxInternal vertx = (VertxInternal) Vertx.vertx();
    private final RedisServerProcess server = RedisServerProcess.launch();

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        server.stopAndClean();
    }

    /** Such a server answers neither PING nor GET, as while it loads its data, but INFO. */
    @Test
    void aReplicaWithoutItsPrimaryTellsAboutItself() {
        try (RedisConversation redis = new RedisConversation(server.port())) {
            redis.call("CONFIG", "SET", "replica-serve-stale-data", "no");
            redis.call("REPLICAOF", "127.0.0.1", "1");
        }
        String info = ask(Request.cmd(Command.INFO).arg("replication"));
        assertTrue(info.contains("master_link_status:down"), info);
        RedisUnavailableException refused = assertThrows(RedisUnavailableException.class,
                () -> ask(Request.cmd(Command.GET).arg("a")));
        assertEquals(RedisRefusal.MASTERDOWN, refused.refusal());
    }

    private String ask(Request request) {
        Supplier<Redis> clients = () -> Redis.createClient(vertx,
                RedisEndpoint.parse("REDIS_URL", "redis://127.0.0.1:" + server.port(), null)
                        .options(new NetClientOptions(), 100));
        return OneShotConnection.use(vertx, clients, Duration.ofSeconds(5), node -> node.send(request)).await()
                .atMost(PATIENCE).toString();
    }
}
