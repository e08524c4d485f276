package dev.millrace.queue;

import static dev.millrace.queue.QueueClient.held;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.restassured.RestAssured;

import dev.millrace.SecondReplica;
import dev.millrace.queue.Deliveries.Delivery;
import dev.millrace.queue.QueueClient.Answer;
import dev.millrace.redis.RedisConversation;

/** Twenty workers at two replicas, some of whom fail, die or answer late, work a queue off while it is filled. */
@QuarkusIntegrationTest
class QueueWorkIT {

    private static final int JOBS = Integer.getInteger("millrace.test.jobs", 20_000);
    private static final int BATCH = 500;
    private static final int PRODUCERS = 2;
    private static final int WORKERS = 20;
    private static final int HOPELESS = 20;
    private static final long LEASE_MS = 60_000;
    private static final long GIVE_UP_NANOS = TimeUnit.MINUTES.toNanos(4);

    RedisConversation redis;

    private final String queue = "work-" + UUID.randomUUID();
    private final Deliveries deliveries = new Deliveries();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();
    private final long giveUpAt = System.nanoTime() + GIVE_UP_NANOS;

    @Test
    void everyJobEndsOnceWhateverWorkersDo() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (SecondReplica second = new SecondReplica(redis.port());
                QueueClient client = new QueueClient(second.port(), queue)) {
            int[] ports = {RestAssured.port, second.port()};
            assertEquals(201, client.call("PUT", "", "{'maxAttempts':1000,'maxStalls':100,"
                    + "'backoff':{'type':'fixed','delay':'50ms','jitter':0}}").status());
            List<Future<?>> all = new ArrayList<>();
            Future<Integer> sampler = threads.submit(() -> sample(ports));
            for (int i = 0; i < PRODUCERS; i++) {
                int n = i;
                all.add(threads.submit(() -> produce(ports[n % 2], n)));
            }
            for (int i = 0; i < WORKERS; i++) {
                int n = i;
                all.add(threads.submit(() -> work(ports[n % 2], n)));
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertTrue(sampler.get() > 10, "samples");

            JsonNode counts = client.view().path("counts");
            assertEquals(List.of(0, 0, 0, HOPELESS, JOBS, 0, JOBS + HOPELESS),
                    Stream.of("waiting", "delayed", "active", "dead", "completed", "removed", "enqueued")
                            .map(name -> counts.path(name).intValue()).toList());
            assertEquals(JOBS + HOPELESS, deliveries.verifyJobs());
            deliveries.verifyGroups();
            assertEquals(JOBS, deliveries.count("completed"));
            assertTrue(deliveries.count("retrying") > 0, "nobody failed");
            assertTrue(deliveries.unanswered() > 0, "nobody died");
            assertTrue(late.get() > 0, "nobody was late");
            nothingIsLeftButTheDead();
        } finally {
            threads.shutdownNow();
        }
    }

    /** The sums are right in every answer. */
    private int sample(int[] ports) throws IOException {
        int samples = 0;
        try (QueueClient one = new QueueClient(ports[0], queue); QueueClient two = new QueueClient(ports[1], queue)) {
            while (!isDone()) {
                JsonNode c = (samples++ % 2 == 0 ? one : two).view().path("counts");
                assertEquals(c.path("enqueued").longValue(),
                        c.path("waiting").longValue() + c.path("delayed").longValue() + c.path("active").longValue()
                                + c.path("completed").longValue() + c.path("dead").longValue()
                                + c.path("removed").longValue(),
                        c::toString);
            }
        }
        return samples;
    }

    /** Some have a priority, some a delay, some a group of this producer's, and a few can only be buried. */
    private Void produce(int port, int producer) throws IOException {
        Random random = new Random(producer);
        int[] groups = new int[20];
        try (QueueClient client = new QueueClient(port, queue)) {
            int mine = JOBS / PRODUCERS;
            for (int from = 0; from < mine; from += BATCH) {
                List<String> jobs = new ArrayList<>();
                for (int i = from; i < Math.min(mine, from + BATCH); i++) {
                    int kind = random.nextInt(20);
                    int group = random.nextInt(groups.length);
                    jobs.add("{'type':'t'" + switch (kind) {
                        case 0, 1 -> ",'priority':" + (random.nextInt(5) - 2);
                        case 2, 3 -> ",'delay':" + random.nextInt(2000);
                        case 4 -> ",'group':'" + producer + " " + group + "','data':{'at':" + groups[group]++ + "}";
                        default -> "";
                    } + "}");
                }
                Answer answer = client.post("/jobs", "{'jobs':" + jobs + "}");
                assertEquals(201, answer.status(), answer::toString);
            }
            for (int i = 0; i < HOPELESS / PRODUCERS; i++) {
                assertEquals(201, client.post("/jobs", "{'type':'hopeless'}").status());
            }
        }
        return null;
    }

    /** Takes one job at a time or many, and now and then dies with them, or is late with its answers. */
    private Void work(int port, int worker) throws Exception {
        Random random = new Random(1000 + worker);
        int max = new int[]{1, 3, 10, 30, 60}[worker % 5];
        try (QueueClient client = new QueueClient(port, queue)) {
            while (!isDone()) {
                int fate = random.nextInt(100);
                boolean dies = fate == 0;
                boolean tardy = fate == 1;
                long leaseMs = dies || tardy ? 1000 + random.nextInt(500) : LEASE_MS;
                List<Delivery> taken = new ArrayList<>();
                Answer answer = client.post("/reserve",
                        "{'max':" + max + ",'lease':" + leaseMs + ",'wait':'500ms'}");
                assertEquals(200, answer.status(), answer::toString);
                answer.jobs().forEach(job -> taken.add(deliveries.add(job, leaseMs)));
                if (dies || taken.isEmpty()) {
                    continue;
                }
                if (tardy) {
                    outlive(client, taken);
                }
                List<Delivery> failing = taken.stream()
                        .filter(d -> d.isHopeless() || random.nextInt(20) == 0).toList();
                List<Delivery> done = taken.stream().filter(d -> !failing.contains(d)).toList();
                answer(client, "fail", "failures", failing, tardy);
                answer(client, "complete", "results", done, tardy);
            }
        }
        return null;
    }

    /** Waits until the leases have ended and that was seen to, which a look at the queue does. */
    private void outlive(QueueClient client, List<Delivery> taken) throws Exception {
        long last = taken.get(taken.size() - 1).leaseEndsMs;
        while (System.currentTimeMillis() <= last + 20) {
            Thread.sleep(20);
        }
        client.view();
    }

    private void answer(QueueClient client, String verb, String list, List<Delivery> some, boolean tardy)
            throws IOException {
        if (some.isEmpty()) {
            return;
        }
        List<String> items = some.stream()
                .map(d -> "{" + held(d.job) + (d.isHopeless() ? ",'dead':true}" : "}")).toList();
        Answer answer = client.post("/" + verb, "{'" + list + "':" + items + "}");
        for (int i = 0; i < some.size(); i++) {
            Delivery d = some.get(i);
            d.outcome = answer.status() == 409 && "lease-stale".equals(answer.problem())
                    ? "stale"
                    : answer.status() == 404 && "job-unknown".equals(answer.problem())
                            ? "unknown"
                            : answer.body().path("results").path(i).path("status").textValue();
            boolean refused = Set.of("stale", "unknown").contains(d.outcome);
            assertEquals(tardy, refused, () -> d + " in " + answer);
            if (d.outcome.equals("stale")) {
                late.incrementAndGet();
            } else if (d.outcome.equals("completed") || d.outcome.equals("dead")) {
                ended.incrementAndGet();
            }
        }
    }

    private boolean isDone() {
        assertFalse(System.nanoTime() > giveUpAt, () -> ended + " of " + JOBS + " have ended");
        return ended.get() >= JOBS + HOPELESS;
    }

    /** Dead ones are kept for 14 days, and with each its body, its state and its error; besides, the counts. */
    private void nothingIsLeftButTheDead() {
        String prefix = "mr:{main:q:" + queue + "}:";
        Set<String> parts = new TreeSet<>();
        long bodies = 0;
        for (String key : redis.keys(prefix + "*")) {
            String part = key.substring(prefix.length());
            if (part.startsWith("b:")) {
                bodies += redis.number("HLEN", key);
            } else {
                parts.add(part);
            }
        }
        assertEquals(Set.of("dead", "meta", "state", "stats"), parts);
        assertEquals(HOPELESS, bodies);
        assertEquals(2 * HOPELESS, redis.number("HLEN", prefix + "state"));
    }
}
