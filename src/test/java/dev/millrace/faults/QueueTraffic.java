package dev.millrace.faults;

import static dev.millrace.queue.QueueClient.held;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import com.fasterxml.jackson.databind.JsonNode;

import dev.millrace.queue.QueueClient;
import dev.millrace.queue.QueueClient.Answer;

/**
 * Producers and workers of a queue while something breaks. Whatever that is, each answer is one of those that a client must
 * expect, comes in time, and what was answered 201 is completed in the end.
 */
final class QueueTraffic implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Far above the deadline, even where the machine is busy. */
    private static final long HANG_MS = 15_000;
    private static final int PRODUCERS = 2;
    private static final int WORKERS = 4;
    private static final Set<String> EXPECTED = Set.of("/jobs 201", "/jobs 503 redis-unavailable",
            "/jobs 503 overloaded",
            "/reserve 200", "/reserve 503 redis-unavailable", "/reserve 503 overloaded", "/complete 200",
            "/complete 503 redis-unavailable", "/complete 503 overloaded", "/complete 409 lease-stale",
            "/complete 404 job-unknown");

    private final String queue;
    private final List<Integer> ports;
    private final List<Thread> producers = new ArrayList<>();
    private final List<Thread> workers = new ArrayList<>();
    private final Set<String> enqueued = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> completed = new ConcurrentHashMap<>();
    private final Set<String> wrong = ConcurrentHashMap.newKeySet();
    private volatile boolean producing = true;
    private volatile boolean working = true;
    private volatile boolean replicasMayEnd;
    /** How often each answer was given, such as {@code /reserve 200}. */
    final Map<String, AtomicInteger> answers = new ConcurrentSkipListMap<>();

    /** At the replicas of those ports, which may change. Completed jobs are kept, and no number of lost leases kills one. */
    QueueTraffic(String queue, List<Integer> ports) throws IOException {
        this.queue = queue;
        this.ports = new CopyOnWriteArrayList<>(ports);
        try (QueueClient client = new QueueClient(ports.get(0), queue)) {
            assertEquals(201,
                    client.call("PUT", "", "{'maxStalls':100,'lease':'3s','retention':{'completed':'1h'}}").status());
        }
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(start(i, this::produce, () -> producing));
        }
        for (int i = 0; i < WORKERS; i++) {
            workers.add(start(i, this::work, () -> working));
        }
    }

    /** One step of a client. */
    private interface Step {
        void take(QueueClient client) throws IOException;
    }

    private Thread start(int n, Step step, BooleanSupplier goesOn) {
        Thread thread = new Thread(() -> {
            for (int turn = n; goesOn.getAsBoolean(); turn++) {
                try (QueueClient client = new QueueClient(ports.get(turn % ports.size()), queue)) {
                    while (goesOn.getAsBoolean()) {
                        step.take(client);
                    }
                } catch (IOException e) {
                    if (!replicasMayEnd) {
                        wrong.add(e.toString());
                    }
                } catch (RuntimeException e) {
                    wrong.add(e.toString());
                }
            }
        }, "queue-traffic-" + n);
        thread.start();
        return thread;
    }

    private void produce(QueueClient client) throws IOException {
        Answer answer = call(client, "/jobs", "{'jobs':[{'type':'t'},{'type':'t','priority':1},"
                + "{'type':'t','delay':'50ms'},{'type':'t','group':'g'}]}");
        if (answer.status() == 201) {
            answer.jobs().forEach(job -> enqueued.add(job.path("id").textValue()));
        }
        pause();
    }

    private void work(QueueClient client) throws IOException {
        Answer reserved = call(client, "/reserve", "{'max':5,'wait':'1s'}");
        for (JsonNode job : reserved.status() == 200 ? reserved.jobs() : List.<JsonNode>of()) {
            Answer answer = call(client, "/complete", "{'results':[{" + held(job) + "}]}");
            if (answer.status() == 200) {
                completed.computeIfAbsent(job.path("id").textValue(), id -> new AtomicInteger()).incrementAndGet();
            }
        }
        if (reserved.status() != 200) {
            pause();
        }
    }

    private Answer call(QueueClient client, String verb, String json) throws IOException {
        long begin = System.nanoTime();
        Answer answer = client.post(verb, json);
        long ms = (System.nanoTime() - begin) / 1_000_000;
        String kind = verb + ' ' + answer.status() + (answer.status() < 300 ? "" : ' ' + answer.problem());
        answers.computeIfAbsent(kind, k -> new AtomicInteger()).incrementAndGet();
        if (!EXPECTED.contains(kind)) {
            wrong.add(kind + ' ' + answer);
        }
        if (ms > HANG_MS) {
            wrong.add(kind + " after " + ms + " ms");
        }
        return answer;
    }

    /** So that there is no more than is worked off soon. */
    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A replica ends, and another may take its place: its clients turn to the next. */
    void replace(int port, Runnable end) {
        replicasMayEnd = true;
        ports.remove(Integer.valueOf(port));
        end.run();
    }

    void add(int port) {
        ports.add(port);
    }

    /** Until there were so many more answers whose kind contains {@code part}. */
    void awaitAnswers(String part, int more) {
        long goal = count(part) + more;
        await().atMost(PATIENCE).until(() -> count(part) >= goal);
    }

    long count(String part) {
        return answers.entrySet().stream().filter(e -> e.getKey().contains(part)).mapToLong(e -> e.getValue().get())
                .sum();
    }

    /** Has the queue worked off; then each job that was answered 201 is completed, and no answer was wrong. */
    void verify() throws IOException {
        producing = false;
        join(producers);
        try (QueueClient client = new QueueClient(ports.get(0), queue)) {
            await().atMost(PATIENCE).ignoreException(IOException.class).until(() -> {
                JsonNode c = client.view().path("counts");
                return c.path("enqueued").isNumber() && c.path("enqueued").equals(c.path("completed"));
            });
            close();
            assertEquals(Set.of(), wrong);
            Set<String> lost = new HashSet<>(enqueued);
            lost.removeAll(ids(client));
            assertEquals(Set.of(), lost, "answered 201 and not completed, of " + enqueued.size());
            assertEquals(Map.of(), twice());
            assertTrue(enqueued.size() > 0 && completed.size() > 0, answers::toString);
        }
    }

    private Map<String, AtomicInteger> twice() {
        Map<String, AtomicInteger> twice = new ConcurrentHashMap<>(completed);
        twice.values().removeIf(times -> times.get() == 1);
        return twice;
    }

    /** Of all completed jobs, once no more come. */
    private static Set<String> ids(QueueClient client) throws IOException {
        Set<String> ids = new HashSet<>();
        String cursor = "";
        do {
            Answer page = client.call("GET", "/jobs?state=completed&limit=500&cursor=" + cursor, null);
            assertEquals(200, page.status(), page::toString);
            page.body().path("items").forEach(job -> ids.add(job.path("id").textValue()));
            cursor = page.body().path("nextCursor").textValue();
        } while (cursor != null);
        return ids;
    }

    @Override
    public void close() {
        producing = false;
        working = false;
        join(producers);
        join(workers);
    }

    private static void join(List<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
