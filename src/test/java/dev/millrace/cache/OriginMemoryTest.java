package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.vertx.core.Vertx;

import dev.millrace.Configs;
import dev.millrace.cache.OriginAnswer.Kind;
import dev.millrace.cache.StubOrigin.Answer;
import dev.millrace.memory.FairBudget;

/** A large response of an origin takes its memory from what all bodies share, and is not read if there is none. */
class OriginMemoryTest {

    private static final int MB = 1024 * 1024;

    private final Vertx vertx = Vertx.vertx();
    private final StubOrigin origin = new StubOrigin();
    private final OriginClient client = new OriginClient(vertx, Configs.of(CacheConfig.class));
    private final FairBudget budget = new FairBudget(4 * MB);

    @AfterEach
    void close() {
        origin.close();
        vertx.close();
    }

    private OriginAnswer get(FairBudget.Share share) {
        return client.get(URI.create("http://127.0.0.1:" + origin.port() + "/items/k"), "", Map.of(), 8 * MB, share)
                .await()
                .atMost(Duration.ofSeconds(60));
    }

    private void answerWith(int bytes, boolean announced) {
        Answer answer = new Answer(200, new byte[bytes]);
        origin.on("k", announced ? answer : answer.inChunks());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLargeBodyTakesMemory(boolean announced) {
        answerWith(2 * MB, announced);
        FairBudget.Share share = budget.share("a");
        OriginAnswer answer = get(share);
        assertEquals(Kind.OK, answer.kind());
        assertEquals(2 * MB, answer.body().length());
        assertEquals(2 * MB, budget.taken());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutMemoryItIsNotRead(boolean announced) {
        answerWith(2 * MB, announced);
        assertTrue(budget.share("a").take(1));
        FairBudget.Share share = budget.share("a");
        assertEquals(Kind.OVERLOADED, get(share).kind());
        share.close();
        assertEquals(1, budget.taken());
        assertEquals(Kind.OK, get(budget.share("b")).kind());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSmallBodyTakesNone(boolean announced) {
        answerWith(16 * 1024, announced);
        assertTrue(budget.share("a").take(2 * MB) && budget.share("b").take(2 * MB));
        assertEquals(Kind.OK, get(budget.share("a")).kind());
        assertEquals(4 * MB, budget.taken());
    }

    @Test
    void aBodyThatIsTooLargeForTheRegionTakesNone() {
        answerWith(8 * MB + 1, true);
        assertTrue(budget.share("a").take(1));
        OriginAnswer answer = get(budget.share("a"));
        assertEquals("it answered with more than " + 8 * MB + " bytes", answer.failure());
        assertEquals(1, budget.taken());
    }
}
