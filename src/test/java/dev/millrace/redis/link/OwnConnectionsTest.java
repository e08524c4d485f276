package dev.millrace.redis.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;
import dev.millrace.redis.dev.RedisServerProcess;

/** Connections that belong to one caller each. */
class OwnConnectionsTest {

    private static final Request PING = Request.cmd(Command.PING);

    private final VertxInternal vertx = (VertxInternal) Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final RedisServerProcess server = RedisServerProcess.launch();

    @AfterEach
    void stop() throws Exception {
        get(vertx.close());
        server.stopAndClean();
    }

    private OwnConnections connections(Duration deadline) {
        return connections(server.port(), deadline);
    }

    private OwnConnections connections(int port, Duration deadline) {
        return new OwnConnections(() -> Redis.createClient(vertx,
                RedisEndpoint.parse("REDIS_URL", "redis://127.0.0.1:" + port, null).options(new NetClientOptions(),
                        100)),
                vertx, deadline);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Reason reason(Future<?> future) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> get(future));
        return assertInstanceOf(RedisUnavailableException.class, e.getCause()).reason();
    }

    @Test
    void aCommandHasADeadlineAndEndsTheConnection() throws Exception {
        RedisConnection own = get(connections(Duration.ofMillis(300)).open());
        server.pause();
        assertEquals(Reason.TIMEOUT, reason(own.send(PING)));
        assertEquals(Reason.DOWN, reason(own.send(PING)), "it stays closed");
        server.resume();
    }

    @Test
    void aCommandThatBlocksByDesignHasNone() throws Exception {
        RedisConnection own = get(connections(Duration.ofMillis(300)).open());
        assertNull(get(own.send(Request.cmd(Command.BLPOP).arg("nothing").arg(1))));
        Response pong = get(own.send(PING));
        assertEquals("PONG", pong.toString());
        get(own.close());
    }

    @Test
    void messagesThatComeBeforeThereIsAHandlerAreKeptForIt() throws Exception {
        RedisConnection own = get(connections(Duration.ofSeconds(5)).open());
        own.send(Request.cmd(Command.SUBSCRIBE).arg("news"));
        try (RedisConversation redis = new RedisConversation(server.port())) {
            await().atMost(Duration.ofSeconds(20)).until(() -> redis.call("PUBLISH", "news", "hello").equals(1L));
        }
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        own.handler(message -> heard.add(message.get(0).toString()));
        await().atMost(Duration.ofSeconds(20)).until(() -> List.copyOf(heard).equals(List.of("subscribe", "message")));
        get(own.close());
    }

    @Test
    void whatWaitsWhenTheConnectionEndsFails() throws Exception {
        RedisConnection own = get(connections(Duration.ofSeconds(5)).open());
        Future<Response> blocked = own.send(Request.cmd(Command.BLPOP).arg("nothing").arg(0));
        try (RedisConversation redis = new RedisConversation(server.port())) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> redis.call("CLIENT", "LIST").toString().contains("cmd=blpop"));
            redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }
        assertEquals(Reason.LOST, reason(blocked));
        assertEquals(Reason.DOWN, reason(own.send(PING)));
    }

    @Test
    void thereIsABoundAndAClosedOrLostConnectionFreesItsPlace() throws Exception {
        OwnConnections connections = connections(Duration.ofSeconds(5));
        List<RedisConnection> all = new ArrayList<>();
        for (int i = 0; i < OwnConnections.MAX_OPEN; i++) {
            all.add(get(connections.open()));
        }
        assertEquals(Reason.OVERLOADED, reason(connections.open()));
        get(all.get(0).close());
        get(all.get(0).close());
        get(connections.open());
        assertEquals(Reason.OVERLOADED, reason(connections.open()), "closing twice frees one place");
        try (RedisConversation redis = new RedisConversation(server.port())) {
            redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            Future<RedisConnection> again = connections.open();
            await().atMost(Duration.ofSeconds(20)).until(again::isComplete);
            return again.succeeded();
        });
    }

    @Test
    void openingFailsWhenRedisIsAway() throws IOException {
        // Bound and not listening: the port of a server that ended could be somebody else's by now.
        try (Socket silent = new Socket()) {
            silent.bind(new InetSocketAddress("127.0.0.1", 0));
            assertEquals(Reason.DOWN, reason(connections(silent.getLocalPort(), Duration.ofMillis(300)).open()));
        }
    }
}
