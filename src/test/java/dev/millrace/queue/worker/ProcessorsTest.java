package dev.millrace.queue.worker;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Inject;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.arc.All;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;

import dev.millrace.RedisTestResource;
import dev.millrace.redis.RedisConversation;

/** Jobs that are worked inside the service. */
@QuarkusTest
@TestProfile(ProcessorsProfile.class)
class ProcessorsTest {

    private static final String SOON = "'backoff':{'type':'fixed','delay':'10ms'}";
    private final String queue = "/v1/queues/errands";

    @Inject
    ReactiveRedisDataSource redis;

    @Inject
    @All
    List<JobProcessor> processors;

    RedisConversation server;

    @BeforeEach
    void mayDoEverything() {
        RedisTestResource.grantEverything(server);
    }

    @AfterEach
    void mayDoNoMore() {
        RedisTestResource.grantNoMore(server);
    }

    @BeforeEach
    void keepWhatIsCompleted() {
        for (String name : List.of(queue, "/v1/queues/hasty")) {
            as(ADMIN, json("{'retention':{'completed':'1h'}}")).put(name);
        }
    }

    private String enqueue(String job) {
        return as(WORKER, json(job)).post(queue + "/jobs").then().statusCode(201).extract().path("id");
    }

    private ValidatableResponse ends(String id, String state) {
        return ends(queue, id, state);
    }

    private static ValidatableResponse ends(String queue, String id, String state) {
        await().atMost(Duration.ofSeconds(30)).until(
                () -> state.equals(as(WORKER).get(queue + "/jobs/" + id).path("state")));
        return as(WORKER).get(queue + "/jobs/" + id).then();
    }

    private static void toldThatItIsDead(String id, String why) {
        await().atMost(Duration.ofSeconds(30)).until(() -> Errands.DEAD.containsKey(id));
        assertTrue(Errands.DEAD.get(id).startsWith(why), () -> Errands.DEAD.get(id));
        assertEquals(1, Errands.TOLD.get(id));
    }

    @Test
    void theItemIsTheResult() {
        String id = enqueue("{'type':'sum','data':{'a':2,'b':3}}");
        ends(id, "completed").body("result.sum", equalTo(5)).body("attempt", equalTo(1));
    }

    @Test
    void aProcessorUsesTheServicesDataSource() {
        assertTrue(processors.stream().anyMatch(p -> p instanceof Errands errands && errands.redis == redis));
        String id = enqueue("{'type':'counted'}");
        ends(id, "completed").body("result", equalTo(1));
        assertEquals(1L, redis.value(Long.class).get("errands:" + id).await().atMost(Duration.ofSeconds(20)));
        redis.key().del("errands:" + id).await().atMost(Duration.ofSeconds(20));
    }

    @Test
    void aJobThatFailsIsTriedAgain() {
        String id = enqueue("{'type':'flaky'," + SOON + "}");
        ends(id, "completed").body("attempt", equalTo(3)).body("error", equalTo("not yet")).body("result", nullValue());
        assertEquals(3, Errands.STARTED.get(id));
        assertNull(Errands.DEAD.get(id));
    }

    @Test
    void afterTheLastAttemptTheProcessorIsTold() {
        String id = enqueue("{'type':'flaky','maxAttempts':2," + SOON + "}");
        ends(id, "dead").body("error", equalTo("not yet"));
        toldThatItIsDead(id, "not yet");
        assertEquals(2, Errands.STARTED.get(id));
    }

    @Test
    void whatIsNoUseIsDeadAtOnce() {
        String id = enqueue("{'type':'hopeless'}");
        ends(id, "dead").body("attempt", equalTo(1)).body("error", equalTo("for good"));
        toldThatItIsDead(id, "for good");
        id = enqueue("{'type':'sum','data':{'a':'two','b':3}}");
        ends(id, "dead").body("attempt", equalTo(1)).body("error", startsWith("a must be"));
        id = enqueue("{'type':'sum'}");
        ends(id, "dead").body("error", equalTo("data must be given"));
        id = enqueue("{'type':'unwritable'}");
        ends(id, "dead").body("error", equalTo("The result cannot be written as JSON"));
    }

    @Test
    void aPostponedJobCostsNoAttempt() {
        String id = enqueue("{'type':'early','maxAttempts':1}");
        ends(id, "completed").body("attempt", equalTo(1)).body("stalls", equalTo(0)).body("error", equalTo("429"));
        assertEquals(3, Errands.STARTED.get(id));
    }

    @Test
    void aLongErrorIsCutBetweenCharacters() {
        ends(enqueue("{'type':'wordy'}"), "dead").body("error", equalTo("x".repeat(4095)));
    }

    @Test
    void aProcessorThatThrowsOrReturnsNothingHasFailed() {
        String id = enqueue("{'type':'unheard of','maxAttempts':1}");
        ends(id, "dead").body("error", equalTo("no such errand"));
        id = enqueue("{'type':'none','maxAttempts':1}");
        ends(id, "dead");
    }

    @Test
    void aProcessorThatFailsWhenToldGoesOnWorking() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ids.add(enqueue("{'type':'hopeless','group':'g" + i + "'}"));
        }
        ids.forEach(id -> toldThatItIsDead(id, "for good"));
        ends(enqueue("{'type':'sum','data':{'a':1,'b':1}}"), "completed");
    }

    @Test
    void aJobMayTakeLongerThanItsLease() {
        String id = enqueue("{'type':'long'}");
        ends(id, "completed").body("attempt", equalTo(1)).body("stalls", equalTo(0)).body("result", equalTo("done"))
                .body("progress.percent", equalTo(1));
        assertEquals(1, Errands.STARTED.get(id));
    }

    @Test
    void aJobIsCancelledWhileItRuns() {
        String id = enqueue("{'type':'endless'}");
        await().atMost(Duration.ofSeconds(30)).until(() -> Errands.STARTED.containsKey(id));
        as(WORKER).delete(queue + "/jobs/" + id).then().statusCode(202);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> as(WORKER).get(queue + "/jobs/" + id).statusCode() == 404);
        assertEquals(1, Errands.CANCELLED.get(id));
        assertNull(Errands.DEAD.get(id));
    }

    @Test
    void whatTakesTooLongHasFailed() {
        String hasty = "/v1/queues/hasty";
        String id = as(WORKER, json("{'type':'endless','maxAttempts':2," + SOON + "}")).post(hasty + "/jobs").then()
                .statusCode(201).extract().path("id");
        ends(hasty, id, "dead").body("error", equalTo("Took longer than PT0.3S"));
        toldThatItIsDead(id, "Took longer");
        assertEquals(2, Errands.CANCELLED.get(id));
    }

    @Test
    void noMoreAreWorkedAtOnceThanTheProcessorLikes() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            ids.add(enqueue("{'type':'short'}"));
        }
        ids.forEach(id -> ends(id, "completed"));
        int most = Errands.MOST_AT_ONCE.get();
        assertTrue(most >= 2 && most <= 3, () -> most + " at once");
    }

    @Test
    void everyTenantIsServed() {
        as(OTHER, json("{'retention':{'completed':'1h'}}")).put(queue);
        String id = as(OTHER, json("{'type':'sum','data':{'a':1,'b':1}}")).post(queue + "/jobs").then().statusCode(201)
                .extract().path("id");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> "completed".equals(as(OTHER).get(queue + "/jobs/" + id).path("state")));
    }
}
