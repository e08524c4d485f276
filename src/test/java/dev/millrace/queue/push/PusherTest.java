package dev.millrace.queue.push;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static dev.millrace.queue.push.StubReceiver.answer;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;

import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.WebhookSecret;
import dev.millrace.queue.push.StubReceiver.Request;

/** What a queue's receiver gets, and what becomes of a job by what it answers. */
@QuarkusTest
@TestProfile(PusherTest.LoopbackAllowed.class)
class PusherTest {

    /** The receiver of the test is on this host. */
    public static class LoopbackAllowed implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("millrace.queue.push.allow-private", "true");
        }
    }

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final String name = "q-" + UUID.randomUUID();
    private final String queue = "/v1/queues/" + name;
    private final StubReceiver receiver = new StubReceiver(answer(204, ""));

    @AfterEach
    void close() throws IOException {
        as(ADMIN).delete(queue).then().statusCode(204);
        receiver.close();
    }

    private void push(String settings) {
        as(ADMIN, json("{" + settings + "'push':{'url':'http://127.0.0.1:" + receiver.port() + "/jobs','secret':'"
                + SECRET + "','concurrency':2}}")).put(queue).then().statusCode(201)
                .body("push.secrets", equalTo(1)).body("push.secret", nullValue());
    }

    private String enqueue(String job) {
        return as(WORKER, json(job)).post(queue + "/jobs").then().statusCode(201).extract().path("id");
    }

    private void awaitCount(String state, int n) {
        await().atMost(PATIENCE).untilAsserted(() -> assertEquals(n,
                as(WORKER).get(queue).then().extract().<Integer>path("counts." + state)));
    }

    private JsonPath job(String id) {
        return as(WORKER).get(queue + "/jobs/" + id).then().statusCode(200).extract().jsonPath();
    }

    private void awaitRequests(int n) {
        await().atMost(PATIENCE).until(() -> receiver.requests.size() >= n);
    }

    @Test
    void aJobIsSentSignedAndCompletedBy2xx() {
        push("");
        String id = enqueue("{'type':'email','data':{'to':'Zoë 💧'},'priority':3,'group':'g'}");
        awaitCount("completed", 1);
        Request request = receiver.requests.get(0);
        assertEquals("POST /jobs HTTP/1.1", request.line());
        JsonPath body = JsonPath.from(new String(request.body(), StandardCharsets.UTF_8));
        assertEquals(List.of(name, id, "email", "Zoë 💧", 3, 1, 3, "g"),
                List.of(body.getString("queue"), body.getString("id"), body.getString("type"),
                        body.getString("data.to"), body.getInt("priority"), body.getInt("attempt"),
                        body.getInt("maxAttempts"), body.getString("group")));
        String messageId = request.fields().get("webhook-id");
        assertEquals(PushedJob.messageId(new QueueName("main", name), id), messageId);
        assertEquals(
                WebhookSignature.of(List.of(WebhookSecret.parse(SECRET)), messageId,
                        Long.parseLong(request.fields().get("webhook-timestamp")), request.body()),
                request.fields().get("webhook-signature"));
        assertEquals(1, receiver.requests.size());
    }

    /** The receiver of the settings before must get no job that was enqueued after the new ones were answered. */
    @Test
    void theReceiverOfTheNewSettingsGetsEveryJobThatIsEnqueuedAfterThem() throws IOException {
        push("");
        enqueue("{'type':'first'}");
        awaitCount("completed", 1);
        try (StubReceiver second = new StubReceiver(answer(204, ""))) {
            List<StubReceiver> receivers = List.of(second, receiver);
            int sent = 0;
            for (int i = 0; i < 6; i++) {
                StubReceiver now = receivers.get(i % 2);
                as(ADMIN, json("{'push':{'url':'http://127.0.0.1:" + now.port() + "/" + i + "','secret':'" + SECRET
                        + "'}}")).put(queue).then().statusCode(200);
                for (int j = 0; j < 5; j++) {
                    enqueue("{'type':'round-" + i + "'}");
                }
                sent += 5;
                awaitCount("completed", 1 + sent);
                String line = "POST /" + i + " ";
                String type = "round-" + i;
                assertEquals(5, now.requests.stream().filter(request -> request.line().startsWith(line)
                        && new String(request.body(), StandardCharsets.UTF_8).contains(type)).count());
            }
        }
    }

    @Test
    void aFailureIsTriedAgainUntilItIsDead() {
        receiver.handle(answer(500, "no", "Retry-After: 0"));
        push("'maxAttempts':2,");
        String id = enqueue("{'type':'t'}");
        awaitCount("dead", 1);
        assertEquals(2, receiver.requests.size());
        assertEquals(receiver.requests.get(0).fields().get("webhook-id"),
                receiver.requests.get(1).fields().get("webhook-id"));
        assertTrue(job(id).getString("error").contains("500"), job(id).getString("error"));
    }

    @Test
    void whoIsBusyGetsItLaterAtNoCost() {
        AtomicInteger times = new AtomicInteger();
        receiver.handle((request, out) -> (times.incrementAndGet() <= 2
                ? answer(429, "", "Retry-After: 1")
                : answer(200, "")).answer(request, out));
        push("'maxAttempts':1,");
        enqueue("{'type':'t'}");
        awaitCount("completed", 1);
        assertEquals(3, times.get());
        assertEquals(1, JsonPath.from(new String(receiver.requests.get(2).body(), StandardCharsets.UTF_8))
                .getInt("attempt"));
    }

    @Test
    void whoIsGoneIsLeftAloneAndNoJobIsLost() {
        receiver.handle(answer(410, ""));
        push("'maxAttempts':1,");
        String id = enqueue("{'type':'t'}");
        await().atMost(PATIENCE).untilAsserted(() -> as(WORKER).get(queue).then().body("paused", equalTo(true))
                .body("pausedReason", equalTo("push-gone")).body("counts.dead", equalTo(0))
                .body("counts.active", equalTo(0)));
        receiver.handle(answer(200, ""));
        assertTrue(List.of("waiting", "delayed").contains(job(id).getString("state")));
        as(WORKER).post(queue + "/resume").then().statusCode(204);
        awaitCount("completed", 1);
        assertEquals(2, receiver.requests.size());
    }

    @Test
    void noMoreJobsAreOnTheirWayThanTheSettingsSay() {
        CountDownLatch go = new CountDownLatch(1);
        receiver.handle((request, out) -> {
            go.await();
            answer(200, "").answer(request, out);
        });
        push("");
        for (int i = 0; i < 5; i++) {
            enqueue("{'type':'t'}");
        }
        awaitRequests(2);
        awaitCount("active", 2);
        assertEquals(2, receiver.requests.size());
        go.countDown();
        awaitCount("completed", 5);
        assertEquals(5, receiver.requests.size());
    }

    @Test
    void aReceiverThatIsNoLongerSetGetsNothing() throws IOException {
        push("");
        enqueue("{'type':'t'}");
        awaitCount("completed", 1);
        as(ADMIN, "{}").put(queue).then().statusCode(200).body("push", nullValue());
        // What was asked for before may still be handed out for the receiver; it goes back unsent.
        await().atMost(PATIENCE).until(() -> {
            String id = enqueue("{'type':'mine'}");
            String taken = as(WORKER, "{}").post(queue + "/reserve").then().extract().path("jobs[0].id");
            return id.equals(taken);
        });
        try (StubReceiver other = new StubReceiver(answer(200, ""))) {
            as(ADMIN, json("{'push':{'url':'http://127.0.0.1:" + other.port() + "/','secret':'" + SECRET + "'}}"))
                    .put(queue).then().statusCode(200);
            String last = enqueue("{'type':'theirs'}");
            await().atMost(PATIENCE).until(() -> other.requests.stream()
                    .anyMatch(request -> new String(request.body(), StandardCharsets.UTF_8).contains(last)));
        }
    }
}
