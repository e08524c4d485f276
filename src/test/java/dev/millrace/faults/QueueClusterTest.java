package dev.millrace.faults;

import static dev.millrace.queue.QueueClient.held;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

import dev.millrace.queue.QueueClient;
import dev.millrace.queue.QueueClient.Answer;
import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.dev.RedisServerProcess;

/** Queues on a cluster of three primaries, which live on all of them. */
@QuarkusTest
@WithTestResource(RedisCluster.class)
class QueueClusterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int QUEUES = 12;

    private final String prefix = "c-" + UUID.randomUUID() + "-";
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** As many on each node, which chance alone would not see to. */
    private List<String> queues() {
        List<String> queues = new ArrayList<>();
        for (RedisServerProcess node : RedisCluster.nodes) {
            try (RedisConversation redis = new RedisConversation(node.port())) {
                IntStream.range(0, 10_000).mapToObj(i -> prefix + i).filter(queue -> isOn(redis, queue))
                        .limit(QUEUES / RedisCluster.nodes.size()).forEach(queues::add);
            }
        }
        assertEquals(QUEUES, queues.size());
        return queues;
    }

    private static boolean isOn(RedisConversation node, String queue) {
        try {
            node.call("EXISTS", "mr:{main:q:" + queue + "}:meta");
            return true;
        } catch (RedisConversation.ErrorReply moved) {
            return false;
        }
    }

    private static QueueClient client(String queue) {
        return new QueueClient(RestAssured.port, queue);
    }

    /** WAIT asks one connection, and a cluster has several. */
    @Test
    void nobodyIsPromisedReplicasOnACluster() throws Exception {
        try (QueueClient client = client(prefix + "r")) {
            Answer refused = client.call("PUT", "", "{'durability':'replicated'}");

            assertEquals(400, refused.status(), refused::toString);
            assertEquals("durability", refused.body().path("violations").path(0).path("field").textValue());
            assertEquals(201, client.call("PUT", "", "{'durability':'async'}").status());
        }
    }

    @Test
    void queuesWorkOnEveryNode() throws Exception {
        for (String queue : queues()) {
            try (QueueClient client = client(queue)) {
                assertEquals(201, client.call("PUT", "", "{'retention':{'completed':'1h'}}").status());
                Answer enqueued = client.post("/jobs",
                        "{'jobs':[{'type':'a','uniqueKey':'u'},{'type':'b','priority':1},"
                                + "{'type':'c','group':'g'},{'type':'d','group':'g'},{'type':'e','delay':'1h'},"
                                + "{'type':'f','idempotencyKey':'i'},{'type':'g','idempotencyKey':'i'}]}");
                assertEquals(201, enqueued.status(), enqueued::toString);
                List<JsonNode> jobs = client.post("/reserve", "{'max':10}").jobs();
                assertEquals(List.of("b", "a", "c", "f"),
                        jobs.stream().map(job -> job.path("type").textValue()).toList());
                assertEquals("extended", outcome(client.post("/extend",
                        "{'leases':[{" + held(jobs.get(0)) + ",'lease':'1h','progress':1}]}")));
                assertEquals("retrying", outcome(client.post("/fail",
                        "{'failures':[{" + held(jobs.get(0)) + ",'delay':'1h'}]}")));
                assertEquals("dead",
                        outcome(client.post("/fail", "{'failures':[{" + held(jobs.get(1)) + ",'dead':true}]}")));
                Answer completed = client.post("/complete",
                        "{'results':[{" + held(jobs.get(2)) + ",'result':[]}],'reserve':{'max':10}}");
                assertEquals("completed", outcome(completed));
                assertEquals("d", completed.jobs().get(0).path("type").textValue());
                assertEquals(409, client.post("/complete", "{'results':[{" + held(jobs.get(0)) + "}]}").status());
                for (String state : List.of("delayed", "dead", "completed", "active")) {
                    Answer list = client.call("GET", "/jobs?state=" + state, null);
                    assertEquals(state.equals("delayed") || state.equals("active") ? 2 : 1,
                            list.body().path("items").size(), list::toString);
                }
                assertEquals(1, client.post("/redrive", null).body().path("jobs").intValue());
                assertEquals(3, client.post("/drain", null).body().path("jobs").intValue());
                JsonNode counts = client.view().path("counts");
                assertEquals(List.of(2, 1, 3, 6),
                        List.of(counts.path("active").intValue(), counts.path("completed").intValue(),
                                counts.path("removed").intValue(), counts.path("enqueued").intValue()));
            }
        }
        Set<Integer> nodes = new HashSet<>();
        for (RedisServerProcess node : RedisCluster.nodes) {
            try (RedisConversation redis = new RedisConversation(node.port())) {
                if (!redis.keys("mr:{main:q:" + prefix + "*}:meta").isEmpty()) {
                    nodes.add(node.port());
                }
            }
        }
        assertEquals(RedisCluster.nodes.size(), nodes.size(), "nodes with queues");
    }

    private static String outcome(Answer answer) {
        return answer.body().path("results").path(0).path("status").textValue();
    }

    @Test
    void schedulesFireAndLeasesEndOnEveryNode() throws Exception {
        List<Future<?>> all = new ArrayList<>();
        for (String queue : queues()) {
            all.add(threads.submit(() -> {
                try (QueueClient client = client(queue)) {
                    assertEquals(201,
                            client.call("PUT", "/schedules/s", "{'every':'1s','job':{'type':'t'}}").status());
                    JsonNode job = client.post("/reserve", "{'wait':'30s','lease':'1s'}").jobs().get(0);
                    assertEquals("s", job.path("schedule").textValue());
                    assertEquals(204, client.call("DELETE", "/schedules/s", null).status());
                    // Nobody asks for jobs: it is the sweep that takes it back.
                    await().atMost(PATIENCE).until(() -> client
                            .call("GET", "/jobs/" + job.path("id").textValue(), null).body().path("stalls")
                            .intValue() == 1);
                }
                return null;
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
    }

    /** By messages, which one node publishes and another hears; asking once a second would take twelve seconds or so. */
    @Test
    void waitingWorkersHearOfJobsOnEveryNode() throws Exception {
        await().atMost(PATIENCE).until(() -> {
            long waited = 0;
            for (String queue : queues()) {
                try (QueueClient worker = client(queue); QueueClient producer = client(queue)) {
                    Future<JsonNode> reserved = threads
                            .submit(() -> worker.post("/reserve", "{'wait':'30s'}").jobs().get(0));
                    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> isAwaited(queue));
                    long begin = System.nanoTime();
                    assertEquals(201, producer.post("/jobs", "{'type':'t'}").status());
                    JsonNode job = reserved.get();
                    waited += System.nanoTime() - begin;
                    assertEquals("completed", outcome(worker.post("/complete", "{'results':[{" + held(job) + "}]}")));
                }
            }
            return waited < 6_000_000_000L;
        });
        assertTrue(RedisCluster.nodes.stream().filter(QueueClusterTest::publishes).count() == RedisCluster.nodes.size(),
                "each node publishes");
    }

    /** Whether somebody waits for jobs, and hears if there are some. */
    private static boolean isAwaited(String queue) {
        String tag = "mr:{main:q:" + queue + "}:";
        return RedisCluster.nodes.stream().anyMatch(node -> {
            try (RedisConversation redis = new RedisConversation(node.port())) {
                return !redis.list("PUBSUB", "CHANNELS", tag + "wake").isEmpty();
            }
        }) && RedisCluster.nodes.stream().anyMatch(node -> {
            try (RedisConversation redis = new RedisConversation(node.port())) {
                return redis.call("HGET", tag + "meta", "wait") != null;
            } catch (RedisConversation.ErrorReply moved) {
                return false;
            }
        });
    }

    private static boolean publishes(RedisServerProcess node) {
        try (RedisConversation redis = new RedisConversation(node.port())) {
            return redis.call("INFO", "commandstats").toString().contains("cmdstat_publish");
        }
    }
}
