package dev.millrace.redis.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;
import dev.millrace.redis.dev.RedisServerProcess;

/** Guarantees of one connection: where its callers go on, what a failure says, and that it always comes back. */
class RedisLinkTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** Longer than twice the deadline of the links that have one of 200 ms. */
    private static final int BUSY_MS = 500;
    private static final Request PING = Request.cmd(Command.PING);

    private final VertxInternal vertx = (VertxInternal) Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final List<RedisServerProcess> servers = new ArrayList<>();
    private final RedisServerProcess server = launch();
    private final ContextInternal home = vertx.createEventLoopContext();
    private RedisLink link;

    @AfterEach
    void stop() throws Exception {
        if (link != null) {
            link.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        servers.forEach(RedisServerProcess::stopAndClean);
    }

    @Test
    void callersGoOnWhereTheyCalled() throws Exception {
        link = open(TIMEOUT, clients("redis://127.0.0.1:" + server.port()));
        for (ContextInternal caller : callers()) {
            assertSame(caller, whereItEnds(caller, PING).get(20, TimeUnit.SECONDS), "an answer");
            assertSame(caller, whereItEnds(caller, Request.cmd(Command.GET)).get(20, TimeUnit.SECONDS), "an error");
        }
    }

    /** As Mutiny's client does, also when the link of the caller's event loop is down. */
    @Test
    void aResultCanBeMappedAtOnceWhereverTheCallerIs() throws Exception {
        link = open(TIMEOUT, clients("redis://127.0.0.1:" + server.port()));
        for (ContextInternal caller : callers()) {
            CompletableFuture<String> answered = new CompletableFuture<>();
            caller.runOnContext(v -> link.send(PING,
                    answer -> answered.complete(answer.map(Response::toString).result())));
            assertEquals("PONG", answered.get(20, TimeUnit.SECONDS));
            CompletableFuture<Boolean> failed = new CompletableFuture<>();
            caller.runOnContext(v -> link.send(Request.cmd(Command.GET),
                    answer -> failed.complete(answer.map(Response::toString).failed())));
            assertTrue(failed.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void callersGoOnWhereTheyCalledWhenRedisIsAway() throws Exception {
        link = open(Duration.ofMillis(200), clients("redis://127.0.0.1:" + server.port()));
        List<ContextInternal> callers = callers();
        server.pause();
        // The first ones miss their deadline, then the connection is down.
        List<CompletableFuture<ContextInternal>> ends = callers.stream().map(c -> whereItEnds(c, PING)).toList();
        for (int i = 0; i < callers.size(); i++) {
            assertSame(callers.get(i), ends.get(i).get(20, TimeUnit.SECONDS), "late");
        }
        await().until(() -> !link.isUp());
        for (ContextInternal caller : callers) {
            assertSame(caller, whereItEnds(caller, PING).get(20, TimeUnit.SECONDS), "down");
        }
        server.resume();
        await().atMost(Duration.ofSeconds(20)).until(this::answers);
    }

    /** What is sent in a long turn of the loop leaves at its end: Redis has had no time at all by then. */
    @Test
    void aBusyEventLoopIsNoLateRedis() throws Exception {
        link = open(Duration.ofMillis(200), clients("redis://127.0.0.1:" + server.port()));
        for (ContextInternal caller : callers()) {
            CompletableFuture<Response> answer = new CompletableFuture<>();
            caller.runOnContext(v -> {
                link.send(PING).subscribe().with(answer::complete, answer::completeExceptionally);
                BusyLoop.turn(BUSY_MS);
            });
            home.runOnContext(v -> BusyLoop.turn(BUSY_MS));
            assertEquals("PONG", answer.get(20, TimeUnit.SECONDS).toString());
        }
    }

    @Test
    void aLateRedisIsNoticedByABusyEventLoop() {
        link = open(Duration.ofMillis(200), clients("redis://127.0.0.1:" + server.port()));
        server.pause();
        CompletableFuture<Response> call = link.send(PING).subscribeAsCompletionStage();
        BusyLoop.until(call::isDone, home.nettyEventLoop(), BUSY_MS);
        assertEquals(Reason.TIMEOUT, reason(call));
        server.resume();
        await().atMost(Duration.ofSeconds(20)).until(this::answers);
    }

    @Test
    void whatWasSentBeforeTheEndMayHaveTakenEffect() {
        link = open(TIMEOUT, clients("redis://127.0.0.1:" + server.port()));
        CompletableFuture<Response> call = link.send(Request.cmd(Command.BLPOP).arg("nothing").arg(0))
                .subscribeAsCompletionStage();
        await().until(() -> link.inFlight() == 1);
        link.close();
        assertEquals(Reason.LOST, reason(call));
        assertEquals(Reason.DOWN, reason(link.send(PING).subscribeAsCompletionStage()), "never sent");
        assertEquals(0, link.inFlight());
    }

    @Test
    void aClientThatCannotBeMadeIsTriedAgain() {
        Supplier<Redis> clients = clients("redis://127.0.0.1:" + server.port());
        AtomicInteger attempts = new AtomicInteger();
        link = open(TIMEOUT, () -> {
            if (attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            return clients.get();
        });
        assertEquals(3, attempts.get());
    }

    /** The client goes to such a node by itself, after a MOVED, and tells nobody when the connection to it ends. */
    @Test
    void aNodeThatJoinedTheClusterLaterMayBeLost() {
        RedisServerProcess first = launch("--cluster-enabled", "yes");
        RedisServerProcess second = launch("--cluster-enabled", "yes");
        try (RedisConversation one = new RedisConversation(first.port());
                RedisConversation two = new RedisConversation(second.port())) {
            List<Object> all = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
            IntStream.range(0, 16_384).forEach(all::add);
            one.call(all.toArray());
            one.call("CLUSTER", "MEET", "127.0.0.1", second.port());
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> two.call("CLUSTER", "INFO").toString().contains("cluster_slots_ok:16384"));
            link = open(TIMEOUT, clients("redis-cluster://127.0.0.1:" + first.port()));
            Object slot = one.call("CLUSTER", "KEYSLOT", "moved");
            Object id = two.call("CLUSTER", "MYID");
            two.call("CLUSTER", "SETSLOT", slot, "NODE", id);
            one.call("CLUSTER", "SETSLOT", slot, "NODE", id);
            Request get = Request.cmd(Command.GET).arg("moved");
            link.send(get).await().atMost(Duration.ofSeconds(20));

            two.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

            await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
                link.send(get).await().atMost(Duration.ofSeconds(20));
                return true;
            });
        }
    }

    /** Requests of the link's own event loop and of another one. */
    private List<ContextInternal> callers() {
        ContextInternal away = null;
        for (var loop : vertx.getEventLoopGroup()) {
            if (loop != home.nettyEventLoop()) {
                away = vertx.createEventLoopContext((EventLoop) loop, null, getClass().getClassLoader());
            }
        }
        return List.of(home.duplicate(), home.duplicate(), away.duplicate(), away.duplicate());
    }

    private CompletableFuture<ContextInternal> whereItEnds(ContextInternal caller, Request request) {
        CompletableFuture<ContextInternal> end = new CompletableFuture<>();
        caller.runOnContext(v -> link.send(request).subscribe().with(answer -> end.complete(ContextInternal.current()),
                failure -> end.complete(ContextInternal.current())));
        return end;
    }

    private RedisLink open(Duration timeout, Supplier<Redis> clients) {
        RedisLink opened = new RedisLink(home, clients, LinkListener.NONE, ns -> {}, 100, timeout);
        opened.open();
        await().atMost(Duration.ofSeconds(20)).until(opened::isUp);
        return opened;
    }

    private boolean answers() {
        try {
            link.send(PING).await().atMost(Duration.ofSeconds(20));
            return true;
        } catch (RedisUnavailableException e) {
            return false;
        }
    }

    private Supplier<Redis> clients(String url) {
        return () -> Redis.createClient(vertx,
                RedisEndpoint.parse("REDIS_URL", url, null).options(new NetClientOptions(), 100));
    }

    private RedisServerProcess launch(String... options) {
        RedisServerProcess launched = RedisServerProcess.launch(options);
        servers.add(launched);
        return launched;
    }

    private static Reason reason(CompletableFuture<Response> call) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> call.get(20, TimeUnit.SECONDS));
        assertTrue(e.getCause() instanceof RedisUnavailableException, () -> "Unexpected: " + e.getCause());
        return ((RedisUnavailableException) e.getCause()).reason();
    }
}
