package dev.millrace.queue;

import static dev.millrace.queue.QueueClient.held;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.restassured.RestAssured;

import dev.millrace.Api;
import dev.millrace.SecondReplica;
import dev.millrace.queue.QueueClient.Answer;
import dev.millrace.redis.RedisConversation;

/** What holds in a queue that three replicas serve. */
@QuarkusIntegrationTest
class QueueReplicasIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int DUE_TOGETHER = 20_000;
    private static final List<SecondReplica> others = new ArrayList<>();

    RedisConversation redis;

    private final String queue = "replicas-" + UUID.randomUUID();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private int[] ports;

    @BeforeEach
    void replicas() {
        while (others.size() < 2) {
            others.add(new SecondReplica(redis.port()));
        }
        ports = new int[]{RestAssured.port, others.get(0).port(), others.get(1).port()};
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @AfterAll
    static void end() {
        others.forEach(SecondReplica::close);
        others.clear();
    }

    /** With one worker, at one replica after the other; what fails comes again and must not confuse the others' order. */
    @Test
    void higherPrioritiesGoFirstAndEqualOnesInTheOrderTheyCameIn() throws Exception {
        Random random = new Random(7);
        List<int[]> enqueued = new ArrayList<>();
        try (QueueClient one = new QueueClient(ports[0], queue); QueueClient two = new QueueClient(ports[1], queue)) {
            while (enqueued.size() < 3000) {
                List<String> jobs = new ArrayList<>();
                for (int n = 1 + random.nextInt(100); n > 0; n--) {
                    int priority = random.nextInt(5) - 2;
                    jobs.add("{'type':'t','priority':" + priority + ",'data':" + enqueued.size() + "}");
                    enqueued.add(new int[]{priority, enqueued.size()});
                }
                QueueClient producer = random.nextBoolean() ? one : two;
                assertEquals(201, producer.post("/jobs", "{'jobs':" + jobs + "}").status());
            }
            List<Integer> order = new ArrayList<>();
            while (order.size() < enqueued.size()) {
                QueueClient worker = random.nextBoolean() ? one : two;
                List<JsonNode> jobs = worker.post("/reserve", "{'max':" + (1 + random.nextInt(40)) + "}").jobs();
                assertTrue(jobs.size() > 0, "all are waiting");
                jobs.stream().filter(job -> job.path("attempt").intValue() == 1)
                        .forEach(job -> order.add(job.path("data").intValue()));
                List<String> failures = new ArrayList<>();
                List<String> results = new ArrayList<>();
                jobs.forEach(job -> {
                    boolean fails = random.nextInt(20) == 0;
                    (fails ? failures : results).add("{" + held(job) + (fails ? ",'delay':0}" : "}"));
                });
                if (!results.isEmpty()) {
                    assertEquals(200, worker.post("/complete", "{'results':" + results + "}").status());
                }
                if (!failures.isEmpty()) {
                    assertEquals(200, worker.post("/fail", "{'failures':" + failures + "}").status());
                }
            }
            enqueued.sort(Comparator.comparingInt(job -> -job[0]));
            assertEquals(enqueued.stream().map(job -> job[1]).toList(), order);
        }
    }

    /** An occurrence may be late where all three were held up, but is enqueued once. */
    @Test
    void eachOccurrenceOfAScheduleIsEnqueuedOnce() throws Exception {
        try (QueueClient client = new QueueClient(ports[0], queue)) {
            JsonNode schedule = client.call("PUT", "/schedules/tick", "{'every':'1s','job':{'type':'t'}}").body();
            long first = Instant.parse(schedule.path("nextAt").textValue()).toEpochMilli();
            await().atMost(PATIENCE)
                    .until(() -> client.view().path("counts").path("enqueued").intValue() >= 6);
            assertEquals(204, client.call("DELETE", "/schedules/tick", null).status());
            List<JsonNode> jobs = client.post("/reserve", "{'max':1000}").jobs();
            for (int i = 0; i < jobs.size(); i++) {
                JsonNode job = jobs.get(i);
                assertEquals("tick", job.path("schedule").textValue());
                long occurrence = Instant.parse(job.path("scheduledFor").textValue()).toEpochMilli();
                assertEquals(first + i * 1000L, occurrence, () -> "left out, or twice: " + jobs);
                long enqueued = Instant.parse(job.path("enqueuedAt").textValue()).toEpochMilli();
                assertTrue(enqueued >= occurrence, "before its time: " + job);
            }
        }
    }

    /** Woken, and not only because the line asks once a second in any case: then twelve jobs would take about twelve seconds. */
    @Test
    void aWaitingWorkerHearsOfAJobThatComesAtAnotherReplica() throws Exception {
        try (QueueClient producer = new QueueClient(ports[0], queue);
                QueueClient worker = new QueueClient(ports[1], queue)) {
            await().atMost(PATIENCE).until(() -> {
                long waited = 0;
                for (int i = 0; i < 12; i++) {
                    Future<JsonNode> job = threads
                            .submit(() -> worker.post("/reserve", "{'wait':'30s'}").jobs().get(0));
                    awaitSleeper();
                    long begin = System.nanoTime();
                    assertEquals(201, producer.post("/jobs", "{'type':'t'}").status());
                    worker.post("/complete", "{'results':[{" + held(job.get()) + "}]}");
                    waited += System.nanoTime() - begin;
                }
                return waited < 6_000_000_000L;
            });
        }
    }

    @Test
    void aJobThatFallsDueReachesAWaitingWorker() throws Exception {
        try (QueueClient producer = new QueueClient(ports[0], queue);
                QueueClient worker = new QueueClient(ports[1], queue)) {
            for (int i = 0; i < 5; i++) {
                Future<JsonNode> reserved = threads
                        .submit(() -> worker.post("/reserve", "{'wait':'30s'}").jobs().get(0));
                awaitSleeper();
                long begin = System.nanoTime();
                assertEquals(201, producer.post("/jobs", "{'type':'t','delay':'300ms'}").status());
                JsonNode job = reserved.get();
                assertTrue(System.nanoTime() - begin < 20_000_000_000L, "took longer than any poll");
                long handed = Instant.parse(job.path("leaseExpiresAt").textValue()).toEpochMilli() - 30_000;
                long late = handed - Instant.parse(job.path("enqueuedAt").textValue()).toEpochMilli() - 300;
                assertTrue(late >= 0 && late < 2000, "ms late: " + late);
                worker.post("/complete", "{'results':[{" + held(job) + "}]}");
            }
        }
    }

    /** They are made ready some at a time, by whoever asks and by all replicas, and each once. */
    @Test
    void manyJobsThatFallDueTogetherAllArrive() throws Exception {
        long due = System.currentTimeMillis() + 4000;
        String batch = ",{'type':'t','runAt':'%s'}".formatted(Instant.ofEpochMilli(due)).repeat(1000).substring(1);
        try (QueueClient client = new QueueClient(ports[0], queue)) {
            for (int i = 0; i < DUE_TOGETHER; i += 1000) {
                assertEquals(201, client.post("/jobs", "{'jobs':[" + batch + "]}").status());
            }
            Set<String> arrived = ConcurrentHashMap.newKeySet();
            AtomicInteger twice = new AtomicInteger();
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int port = ports[i % 3];
                workers.add(threads.submit(() -> {
                    try (QueueClient worker = new QueueClient(port, queue)) {
                        long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
                        while (arrived.size() < DUE_TOGETHER && System.nanoTime() < giveUpAt) {
                            Answer reserved = worker.post("/reserve", "{'max':100,'wait':'500ms','lease':'1h'}");
                            assertEquals(200, reserved.status(), reserved::toString);
                            reserved.jobs()
                                    .forEach(job -> twice.addAndGet(arrived.add(job.path("id").textValue()) ? 0 : 1));
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
            assertEquals(DUE_TOGETHER, arrived.size());
            assertEquals(0, twice.get());
            JsonNode counts = client.view().path("counts");
            assertEquals(List.of(0, 0, DUE_TOGETHER), List.of(counts.path("waiting").intValue(),
                    counts.path("delayed").intValue(), counts.path("active").intValue()));
        }
    }

    /** However many jobs come in meanwhile: those stay. */
    @Test
    void drainRemovesWhatWasThereAndEnds() throws Exception {
        try (QueueClient client = new QueueClient(ports[0], queue);
                QueueClient producer = new QueueClient(ports[1], queue)) {
            for (int i = 0; i < 10; i++) {
                fill(client, 'o');
            }
            int old = client.view().path("counts").path("enqueued").intValue();
            Future<?> flood = threads.submit(() -> {
                for (int i = 0; i < 10; i++) {
                    fill(producer, 'n');
                }
                return null;
            });
            Answer drained = client.post("/drain", null);
            flood.get();
            assertEquals(200, drained.status(), drained::toString);
            assertTrue(drained.body().path("jobs").intValue() >= old, drained::toString);
            int left = client.view().path("counts").path("waiting").intValue();
            assertEquals(2 * old - drained.body().path("jobs").intValue(), left);
            List<JsonNode> jobs = client.post("/reserve", "{'max':1000}").jobs();
            assertTrue(jobs.stream().allMatch(job -> job.path("type").textValue().equals("n")), jobs::toString);
        }
    }

    /** Others know of changed settings within a second, but of those of a queue that they have not used yet with its first use. */
    @Test
    void whoSetsAQueueMayUseItAtOnceAtAnotherReplica() throws Exception {
        for (int i = 0; i < 10; i++) {
            try (QueueClient one = new QueueClient(ports[i % 3], queue + i);
                    QueueClient two = new QueueClient(ports[(i + 1) % 3], queue + i)) {
                assertEquals(201, one.call("PUT", "", "{'retention':{'completed':'1h'}}").status());
                assertEquals(201, two.post("/jobs", "{'jobs':[{'type':'t'}]}").status());
                JsonNode job = two.post("/reserve", "{'max':1}").jobs().get(0);
                assertEquals(200, two.post("/complete", "{'results':[{" + held(job) + "}]}").status());
                assertEquals("completed",
                        one.call("GET", "/jobs/" + job.path("id").textValue(), null).body().path("state").textValue());
            }
        }
    }

    private static void fill(QueueClient client, char type) throws IOException {
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            jobs.add("{'type':'" + type + "','priority':" + i % 3 + "}");
        }
        assertEquals(201, client.post("/jobs", "{'jobs':" + jobs + "}").status());
    }

    /** He is known to be gone a moment later; a job that is handed out within it comes back when its lease ends. */
    @Test
    void whoHangsUpWhileWaitingTakesNoJobAlong() throws Exception {
        try (QueueClient client = new QueueClient(ports[0], queue)) {
            for (int i = 0; i < 8; i++) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports[i % 2])) {
                    String body = "{\"wait\":\"30s\",\"lease\":\"1h\"}";
                    OutputStream out = socket.getOutputStream();
                    out.write(("POST /v1/queues/" + queue + "/reserve HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                            + Api.ADMIN + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                            + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    awaitSleeper();
                    if (i % 4 < 2) {
                        // An RST in place of a FIN.
                        socket.setSoLinger(true, 0);
                    }
                }
                // Nothing tells from outside that the replica has read of it.
                Thread.sleep(500);
                client.post("/jobs", "{'type':'t'}");
                List<JsonNode> jobs = client.post("/reserve", "{'wait':'20s'}").jobs();
                assertEquals(1, jobs.size(), "leased to nobody");
                assertEquals(1, jobs.get(0).path("attempt").intValue());
                assertEquals(0, jobs.get(0).path("stalls").intValue());
                client.post("/complete", "{'results':[{" + held(jobs.get(0)) + "}]}");
            }
            assertEquals(8, client.view().path("counts").path("completed").intValue());
        }
    }

    /** Until a worker waits in vain, which is noted in Redis. */
    private void awaitSleeper() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5))
                .until(() -> redis.call("HGET", "mr:{main:q:" + queue + "}:meta", "wait") != null);
    }
}
