package dev.millrace.faults;

import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;

/** A queue with {@code "durability":"replicated"} takes a job only when a replica of Redis has it. */
@QuarkusTest
@WithTestResource(ReplicatedQueueTest.PrimaryAndReplica.class)
class ReplicatedQueueTest {

    /** A primary and its replica; the service knows the primary. */
    public static class PrimaryAndReplica implements QuarkusTestResourceLifecycleManager {

        static volatile RedisServerProcess primary;
        static volatile RedisServerProcess replica;

        @Override
        public Map<String, String> start() {
            primary = RedisServerProcess.launch();
            replica = RedisServerProcess.launch("--replicaof", "127.0.0.1", Integer.toString(primary.port()));
            awaitReplica();
            return Map.of("millrace.kv.url", "", "millrace.redis.url", "redis://127.0.0.1:" + primary.port(),
                    "millrace.auth.enabled", "false",
                    "millrace.redis.timeout", "3s");
        }

        static void awaitReplica() {
            try (RedisConversation redis = new RedisConversation(replica.port())) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> redis.call("INFO", "replication").toString().contains("master_link_status:up"));
            }
        }

        @Override
        public void stop() {
            List.of(replica, primary).forEach(RedisServerProcess::stopAndClean);
        }
    }

    private final String name = "q-" + UUID.randomUUID();
    private final String queue = "/v1/queues/" + name;

    private static Response post(String path, String body) {
        return as(null, json(body)).post(path);
    }

    @Test
    void aJobThatWasTakenIsOnTheReplicaAndOneThatIsNotIsNotTaken() {
        as(null, json("{'durability':'replicated'}")).put(queue).then().statusCode(201)
                .body("durability", equalTo("replicated"));
        Set<String> taken = new TreeSet<>();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(CompletableFuture.supplyAsync(
                    () -> post(queue + "/jobs", "{'type':'t'}").then().statusCode(201).extract().path("id")));
        }
        calls.forEach(call -> taken.add(call.join()));
        assertEquals(taken, new TreeSet<>(waitingOnTheReplica()));

        PrimaryAndReplica.replica.pause();
        try {
            post(queue + "/jobs", "{'type':'late'}").then().statusCode(503).header("Retry-After", "1")
                    .body("code", equalTo("not-replicated"));
            // Others are not held up by it.
            String other = "/v1/queues/q-" + UUID.randomUUID();
            post(other + "/jobs", "{'type':'t'}").then().statusCode(201);
        } finally {
            PrimaryAndReplica.replica.resume();
        }
        await().atMost(Duration.ofSeconds(30)).until(
                () -> post(queue + "/jobs", "{'type':'t'}").statusCode() == 201);
        try (RedisConversation redis = new RedisConversation(PrimaryAndReplica.primary.port())) {
            redis.call("SCRIPT", "FLUSH");
        }
        String last = post(queue + "/jobs", "{'type':'t'}").then().statusCode(201).extract().path("id");
        assertTrue(waitingOnTheReplica().contains(last), "also where Redis had forgotten the script");
    }

    private List<String> waitingOnTheReplica() {
        try (RedisConversation redis = new RedisConversation(PrimaryAndReplica.replica.port())) {
            return redis.list("LRANGE", "mr:{main:q:" + name + "}:w:0", 0, -1).stream().map(Object::toString).toList();
        }
    }
}
