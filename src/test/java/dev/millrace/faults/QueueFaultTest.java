package dev.millrace.faults;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;

import dev.millrace.redis.RedisConversation;

/** Whatever happens to a Redis that keeps its data, no job that was answered 201 is lost, and nobody hangs. */
@QuarkusTest
@WithTestResource(QueueFaultTest.DurableRedis.class)
class QueueFaultTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long HANG_MS = 15_000;

    /** Keeps what it answered for, and has a deadline that a busy machine keeps. */
    public static class DurableRedis extends FaultyRedis {

        @Override
        String[] options() {
            return new String[]{"--appendonly", "yes", "--appendfsync", "always"};
        }

        @Override
        public Map<String, String> start() {
            Map<String, String> config = new HashMap<>(super.start());
            config.put("millrace.redis.timeout", "3s");
            return config;
        }
    }

    private final String queue = "faults-" + UUID.randomUUID();
    private final String url = "/v1/queues/" + queue;
    private boolean killed;

    @BeforeEach
    void awaitService() {
        await().atMost(PATIENCE).until(() -> {
            for (int i = 0; i < 10; i++) {
                if (as(ADMIN).get(url).statusCode() != 200) {
                    return false;
                }
            }
            return true;
        });
    }

    @AfterEach
    void heal() {
        if (killed) {
            FaultyRedis.server.start();
        }
    }

    private QueueTraffic traffic() throws Exception {
        return new QueueTraffic(queue, List.of(RestAssured.port));
    }

    private void kill() {
        killed = true;
        FaultyRedis.server.kill();
    }

    private void start() {
        FaultyRedis.server.start();
        killed = false;
    }

    @Test
    void nothingIsLostWhenRedisIsKilledAndStartedAgain() throws Exception {
        try (QueueTraffic traffic = traffic()) {
            for (int i = 0; i < 2; i++) {
                traffic.awaitAnswers("/complete 200", 50);
                kill();
                traffic.awaitAnswers(" 503 redis-unavailable", 20);
                start();
            }
            traffic.awaitAnswers("/complete 200", 50);
            traffic.verify();
        }
    }

    @Test
    void nothingIsLostWhenConnectionsAreCut() throws Exception {
        try (QueueTraffic traffic = traffic();
                RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            for (int i = 0; i < 10; i++) {
                traffic.awaitAnswers("/complete 200", 20);
                redis.call("CLIENT", "KILL", "TYPE", i % 2 == 0 ? "normal" : "pubsub");
            }
            traffic.awaitAnswers("/complete 200", 50);
            traffic.verify();
        }
    }

    @Test
    void forgottenScriptsGoUnnoticed() throws Exception {
        try (QueueTraffic traffic = traffic();
                RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            for (int i = 0; i < 15; i++) {
                redis.call("SCRIPT", "FLUSH");
                traffic.awaitAnswers("/complete 200", 3);
            }
            traffic.verify();
            assertEquals(0, traffic.count(" 503 redis-unavailable"), traffic.answers::toString);
        }
    }

    @Test
    void everyCallAnswers503WhileRedisIsAway() {
        String id = as(ADMIN, json("{'type':'t'}")).post(url + "/jobs").then().statusCode(201).extract().path("id");
        String token = as(ADMIN, "{}").post(url + "/reserve").then().extract().path("jobs[0].leaseToken");
        CompletableFuture<Response> waiting = CompletableFuture
                .supplyAsync(() -> as(ADMIN, json("{'wait':'30s'}")).post(url + "/reserve"));
        kill();
        await().atMost(PATIENCE).until(() -> as(ADMIN).get(url).statusCode() == 503);
        unavailable(waiting.join());
        String held = "{'id':'" + id + "','leaseToken':'" + token + "'}";
        List<Supplier<Response>> calls = List.of(() -> as(ADMIN, json("{'type':'t'}")).post(url + "/jobs"),
                () -> as(ADMIN, json("{'wait':'20s'}")).post(url + "/reserve"),
                () -> as(ADMIN, json("{'results':[" + held + "],'reserve':{}}")).post(url + "/complete"),
                () -> as(ADMIN, json("{'failures':[" + held + "]}")).post(url + "/fail"),
                () -> as(ADMIN, json("{'leases':[" + held + "]}")).post(url + "/extend"),
                () -> as(ADMIN).get("/v1/queues"), () -> as(ADMIN).get(url),
                () -> as(ADMIN, "{}").put(url),
                () -> as(ADMIN).get(url + "/jobs?state=active"), () -> as(ADMIN).get(url + "/jobs/" + id),
                () -> as(ADMIN).delete(url + "/jobs/" + id), () -> as(ADMIN).post(url + "/jobs/" + id + "/retry"),
                () -> as(ADMIN).post(url + "/pause"), () -> as(ADMIN).post(url + "/resume"),
                () -> as(ADMIN).post(url + "/drain"), () -> as(ADMIN).post(url + "/redrive"),
                () -> as(ADMIN).get(url + "/schedules"), () -> as(ADMIN).get(url + "/schedules/s"),
                () -> as(ADMIN, json("{'every':'1h','job':{'type':'t'}}")).put(url + "/schedules/s"),
                () -> as(ADMIN).delete(url + "/schedules/s"));
        calls.forEach(call -> unavailable(call.get()));

        start();
        awaitService();
        as(ADMIN).get(url + "/jobs/" + id).then().statusCode(200).body("state", equalTo("active"));
        as(ADMIN, json("{'results':[" + held + "]}")).post(url + "/complete").then().statusCode(200);
        as(ADMIN).get(url).then().body("counts.enqueued", equalTo(1)).body("counts.completed", equalTo(1));
    }

    @Test
    void aWaitingWorkerHearsOfJobsAgainOnceRedisIsBack() {
        CompletableFuture<Response> waiting = CompletableFuture
                .supplyAsync(() -> as(ADMIN, json("{'wait':'50ms'}")).post(url + "/reserve"));
        waiting.join().then().statusCode(200);
        kill();
        start();
        awaitService();
        waiting = CompletableFuture.supplyAsync(() -> as(ADMIN, json("{'wait':'30s'}")).post(url + "/reserve"));
        as(ADMIN, json("{'type':'t'}")).post(url + "/jobs").then().statusCode(201);
        waiting.join().then().statusCode(200).body("jobs", hasSize(1));
    }

    /** What is due is seen to in all queues that are known, and which those are was lost as well. */
    @Test
    void aQueueIsSeenToThoughRedisLostItsData() {
        as(ADMIN, json("{'type':'t'}")).post(url + "/jobs").then().statusCode(201);
        try (RedisConversation redis = new RedisConversation(FaultyRedis.server.port())) {
            redis.call("FLUSHALL");
        }
        kill();
        start();
        awaitService();
        as(ADMIN, json("{'every':'1s','job':{'type':'tick'}}")).put(url + "/schedules/s").then().statusCode(201);
        as(ADMIN).get("/v1/queues?limit=500").then().body("items.queue", hasItem(queue));
        as(ADMIN, json("{'wait':'30s'}")).post(url + "/reserve").then().body("jobs[0].schedule", equalTo("s"));
    }

    private static void unavailable(Response response) {
        response.then().statusCode(503).contentType("application/problem+json")
                .body("code", equalTo("redis-unavailable")).header("Retry-After", notNullValue());
        assertTrue(response.time() < HANG_MS, response.time() + " ms");
    }
}
