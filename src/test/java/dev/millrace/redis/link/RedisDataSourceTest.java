package dev.millrace.redis.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import jakarta.inject.Inject;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.list.KeyValue;
import io.quarkus.redis.datasource.transactions.TransactionResult;
import io.quarkus.redis.runtime.datasource.ReactiveRedisDataSourceImpl;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.impl.types.ErrorType;

import dev.millrace.RedisTestResource;
import dev.millrace.redis.RedisConversation;

/** What the data source bean does, standing on the links. */
@QuarkusTest
class RedisDataSourceTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String KEY = "test:data-source";

    @Inject
    ReactiveRedisDataSource redis;

    @Inject
    Vertx vertx;

    RedisConversation server;

    @BeforeEach
    void mayDoEverything() {
        RedisTestResource.grantEverything(server);
    }

    @AfterEach
    void clean() {
        redis.key().del(KEY).await().atMost(TIMEOUT);
        RedisTestResource.grantNoMore(server);
    }

    @Test
    void isQuarkusOwnClassOnTheLinks() {
        assertSame(ReactiveRedisDataSourceImpl.class, redis.getClass());
        assertSame(LinkedRedis.class, redis.getRedis().getDelegate().getClass());
    }

    @Test
    void runsTypedCommands() {
        redis.value(String.class).set(KEY, "hello").await().atMost(TIMEOUT);
        assertEquals("hello", redis.value(String.class).get(KEY).await().atMost(TIMEOUT));
        assertNull(redis.value(String.class).get(KEY + ":none").await().atMost(TIMEOUT));
    }

    @Test
    void failsWithTheErrorReply() {
        redis.value(String.class).set(KEY, "hello").await().atMost(TIMEOUT);
        ErrorType error = (ErrorType) redis.list(String.class).lpop(KEY).onItem().<Throwable>transform(reply -> null)
                .onFailure().recoverWithItem(failure -> failure).await().atMost(TIMEOUT);
        assertTrue(error.is("WRONGTYPE"), error.getMessage());
    }

    @Test
    void sendsBatches() {
        List<String> replies = redis.getRedis()
                .batch(List.of(Request.cmd(io.vertx.mutiny.redis.client.Command.SET).arg(KEY).arg("1"),
                        Request.cmd(io.vertx.mutiny.redis.client.Command.INCR).arg(KEY)))
                .map(all -> all.stream().map(Object::toString).toList()).await().atMost(TIMEOUT);
        assertEquals(List.of("OK", "2"), replies);
    }

    @Test
    void continuesOnTheCallersContext() throws Exception {
        ContextInternal caller = ((VertxInternal) vertx.getDelegate()).createEventLoopContext().duplicate();
        CompletableFuture<ContextInternal> end = new CompletableFuture<>();
        caller.runOnContext(v -> redis.withConnection(own -> own.execute("PING").replaceWithVoid())
                .chain(() -> redis.execute("PING"))
                .subscribe().with(reply -> end.complete(ContextInternal.current()), end::completeExceptionally));
        assertSame(caller, end.get(20, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BLPOP key 0", "wait 1 0", "XREAD BLOCK 0 STREAMS key 0", "SUBSCRIBE channel", "MULTI",
            "WATCH key", "SELECT 3", "CLIENT REPLY OFF", "MONITOR"})
    void refusesWhatWouldStallOrChangeTheSharedLinks(String command) {
        String[] words = command.split(" ");
        UnsupportedOperationException refusal = assertThrows(UnsupportedOperationException.class,
                () -> redis.execute(words[0], List.of(words).subList(1, words.length).toArray(String[]::new)).await()
                        .atMost(TIMEOUT));
        assertTrue(refusal.getMessage().contains("withConnection()"), refusal.getMessage());
    }

    @Test
    void readsStreamsThatDoNotBlock() {
        assertNull(redis.execute("XREAD", "STREAMS", KEY, "0").await().atMost(TIMEOUT));
        assertNull(redis.execute("XREAD", "STREAMS", "block", "0").await().atMost(TIMEOUT), "a key of that name");
    }

    @Test
    void blockingCommandsHaveAConnectionOfTheirOwn() {
        CompletableFuture<KeyValue<String, String>> popped = new CompletableFuture<>();
        // Longer than the deadline of other calls.
        redis.withConnection(own -> own.list(String.class).blpop(Duration.ofSeconds(30), KEY)
                .invoke(popped::complete).replaceWithVoid()).subscribe()
                .with(done -> {}, popped::completeExceptionally);
        await().atMost(TIMEOUT).until(() -> clients().contains("cmd=blpop"));
        for (int i = 0; i < 100; i++) {
            redis.execute(Command.PING).await().atMost(Duration.ofSeconds(1));
        }
        assertFalse(popped.isDone());
        redis.list(String.class).lpush(KEY, "job").await().atMost(TIMEOUT);
        assertEquals("job", popped.orTimeout(20, TimeUnit.SECONDS).join().value());
        await().atMost(TIMEOUT).until(() -> !clients().contains("cmd=blpop"));
    }

    @Test
    void transactionsAreWhole() {
        TransactionResult result = redis.withTransaction(tx -> tx.value(String.class).set(KEY, "1")
                .chain(() -> tx.value(String.class).incr(KEY))).await().atMost(TIMEOUT);
        assertFalse(result.discarded());
        assertEquals(2L, result.<Long>get(1));
    }

    @Test
    void aTransactionIsDiscardedWhenAWatchedKeyChanges() {
        assertTrue(redis.withTransaction(
                before -> redis.value(String.class).set(KEY, "somebody else"),
                (read, tx) -> tx.value(String.class).set(KEY, "mine"), KEY).await().atMost(TIMEOUT).discarded());
        assertEquals("somebody else", redis.value(String.class).get(KEY).await().atMost(TIMEOUT));
    }

    @Test
    void subscriptionsHaveAConnectionOfTheirOwn() {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        var subscriber = redis.pubsub(String.class).subscribe(KEY, (Consumer<String>) heard::add)
                .await().atMost(TIMEOUT);
        redis.pubsub(String.class).publish(KEY, "hello").await().atMost(TIMEOUT);
        await().atMost(TIMEOUT).until(() -> heard.contains("hello"));
        redis.execute(Command.PING).await().atMost(TIMEOUT);
        subscriber.unsubscribe().await().atMost(TIMEOUT);
        await().atMost(TIMEOUT).until(() -> redis.execute(Command.PUBSUB, "NUMSUB", KEY).await().atMost(TIMEOUT).get(1)
                .toInteger() == 0);
    }

    private String clients() {
        StringBuilder seen = new StringBuilder();
        redis.withConnection(own -> own.execute("CLIENT", "LIST").invoke(seen::append).replaceWithVoid()).await()
                .atMost(TIMEOUT);
        return seen.toString();
    }
}
