package dev.millrace.edge;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.millrace.SecondReplica;
import dev.millrace.edge.Sockets.Answer;
import dev.millrace.redis.dev.RedisServerProcess;

/**
 * Guarantees of the packaged service with the heap that it is shipped with: more large bodies at once than fit into it are refused and
 * can be sent again, and neither other calls nor the connections to Redis notice.
 */
class SmallHeapIT {

    private static final int MB = 1024 * 1024;
    private static final int AT_ONCE = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private static RedisServerProcess redis;
    private static SecondReplica service;

    @BeforeAll
    static void start() throws IOException {
        redis = RedisServerProcess.launch();
        service = new SecondReplica(redis.port(), "-Xmx128m",
                // However slow the machine is: a connection is lost only by a fault.
                "-Dmillrace.redis.timeout=30s");
        await().atMost(PATIENCE).until(() -> send("PUT", "/v1/ratelimit/policies/p", json(
                "{'algorithm':'fixed-window','limit':100,'window':'1h'}").getBytes(ISO_8859_1)).status() / 100 == 2);
    }

    @AfterAll
    static void stop() {
        service.close();
        redis.stopAndClean();
    }

    @Test
    void largeEntriesAreStored() throws Exception {
        byte[] body = new byte[8 * MB];
        new Random(1).nextBytes(body);
        beside(24, i -> send("PUT", "/v1/cache/r/put-" + i, body), 204);
    }

    @Test
    void largeBatchesOfJobsAreEnqueued() throws Exception {
        String job = "{'type':'t','data':'" + "x".repeat(250_000) + "'}";
        byte[] body = json("{'jobs':[" + String.join(",", Collections.nCopies(37, job)) + "]}").getBytes(ISO_8859_1);
        assertTrue(body.length > 9_000_000);
        beside(AT_ONCE, i -> send("POST", "/v1/queues/q" + i + "/jobs", body), 201);
    }

    @Test
    void batchesWithJobsThatAreTooLargeAreRefused() throws Exception {
        String job = "{'type':'t','data':'" + "x".repeat(900_000) + "'}";
        byte[] body = json("{'jobs':[" + String.join(",", Collections.nCopies(10, job)) + "]}").getBytes(ISO_8859_1);
        beside(AT_ONCE, i -> send("POST", "/v1/queues/q" + i + "/jobs", body), 413);
    }

    @Test
    void bodiesWithManySmallValuesAreRefused() throws Exception {
        String items = String.join(",", Collections.nCopies(2_900_000, "{}"));
        byte[] body = json("{'jobs':[" + items + "]}").getBytes(ISO_8859_1);
        beside(AT_ONCE, i -> send("POST", "/v1/queues/q" + i + "/jobs", body), 400);
    }

    @Test
    void largeEntriesAreReadBySlowReaders() throws Exception {
        byte[] body = new byte[8 * MB];
        new Random(2).nextBytes(body);
        assertEquals(204, send("PUT", "/v1/cache/r/large", body).status());
        beside(24, i -> {
            try (Socket socket = Sockets.open(service.port(), "GET /v1/cache/r/large HTTP/1.1", ADMIN, "")) {
                // Others ask while this one does not read.
                for (int k = 0; k < 20; k++) {
                    check();
                }
                Answer answer = Sockets.answer(socket, false);
                assertTrue(answer.status() != 200 || answer.body().length == body.length, answer.toString());
                return answer;
            }
        }, 200);
    }

    private interface Call {
        Answer send(int i) throws IOException;
    }

    /** Makes so many calls, each until it is not refused any more, beside checks that are all answered. */
    private static void beside(int calls, Call call, int expected) throws Exception {
        int logged = service.log().length();
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        ExecutorService some = Executors.newFixedThreadPool(AT_ONCE);
        try {
            Future<Integer> checks = threads.submit(() -> {
                int count = 0;
                while (!over.get()) {
                    check();
                    count++;
                }
                return count;
            });
            List<Callable<Answer>> tasks = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                int at = i;
                tasks.add(() -> untilAdmitted(call, at));
            }
            for (Future<Answer> answer : some.invokeAll(tasks)) {
                assertEquals(expected, answer.get().status(), answer.get().toString());
            }
            over.set(true);
            assertTrue(checks.get() > 0);
        } finally {
            over.set(true);
            threads.shutdownNow();
            some.shutdownNow();
        }
        String log = service.log().substring(logged);
        assertFalse(log.contains("OutOfMemory"), log);
        assertFalse(log.contains("lost"), log);
        assertFalse(log.contains("ERROR"), log);
    }

    private static Answer untilAdmitted(Call call, int i) {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            Answer answer = call.send(i);
            if (answer.status() == 503) {
                assertTrue(answer.has("retry-after: 1"), answer.toString());
            }
            return answer;
        }, answer -> answer.status() != 503);
    }

    private static void check() throws IOException {
        int status = send("POST", "/v1/ratelimit/p/u", new byte[0]).status();
        assertTrue(status == 200 || status == 429, "check: " + status);
    }

    private static Answer send(String method, String path, byte[] body) throws IOException {
        String type = path.startsWith("/v1/cache") ? "application/octet-stream" : "application/json";
        return Sockets.send(service.port(), method, path, ADMIN, type, body);
    }
}
