package dev.millrace.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.millrace.queue.QueueHistories.Step;
import dev.millrace.queue.model.Backoff;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.reference.ModelJob;
import dev.millrace.queue.reference.ModelJob.Place;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.redis.Keys;
import dev.millrace.redis.VirtualRedis;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Guarantees of the stores behind job queues, for any history of one queue. They answer what the model answers, and keep what it keeps.
 * Each job is in one place, and all are counted at every moment. Jobs keep their order within a priority and a group, and no more jobs of
 * a group are active than its limit allows. A late answer changes nothing. Requests that wait for jobs are woken. A write that Redis
 * refuses changes nothing. When all jobs have ended and expired, no key is left.
 */
class QueueScriptsTest {

    /** Of ids that share a hash of bodies. */
    private static final int BUCKET = 8192;
    private static final long Y2025_MS = 1_735_689_600_000L;
    private final VirtualRedis redis = VirtualRedis.fresh();
    private QueueRun run;

    @BeforeTry
    void forgetAll() {
        VirtualRedis.fresh();
        // The first ids go on with the time since 2025; so that they soon reach the next bucket:
        while ((redis.now() / 1000 - Y2025_MS) * 100 % BUCKET < BUCKET - 20) {
            redis.advance(1000);
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        return QueueHistories.histories();
    }

    @Provide
    Arbitrary<QueueSettings> settings() {
        return QueueHistories.settings();
    }

    @Property
    void answerAsTheModelDoes(@ForAll("settings") QueueSettings settings, @ForAll("histories") List<Step> history) {
        run = new QueueRun(redis, settings);
        for (Step step : history) {
            run.pass(step);
            redis.take(step.refusal(), () -> run.take(step));
            check(settings);
        }
        finish();
    }

    private void check(QueueSettings settings) {
        run.noteReruns();
        StoredQueue now = StoredQueue.of(redis);
        requireSameKept(now, settings);
        requireOnePlaceEach(now);
        requireOnlyHeadsRun(now);
        if (Long.parseLong(now.map("meta").getOrDefault("wait", "0")) > run.queue.now()
                && settings.rateLimit() == 0) {
            assertFalse(run.model.hasSome(run.queue.now()), "who waits is told when there is a job");
        }
    }

    private void requireSameKept(StoredQueue now, QueueSettings settings) {
        List<Job> shown = run.queue.peek(run.ids);
        for (ModelJob job : run.model.jobs().all()) {
            assertEquals(job.place() == Place.GONE ? null : job.seen(settings), shown.get(run.ids.indexOf(job.id)));
        }
        assertEquals(run.model.ready(), now.lists("w:"));
        assertEquals(encoded(run.model.jobs().unique()), now.map("unique"),
                "a unique key is taken while its job lives");
        Map<String, List<String>> groups = new TreeMap<>();
        now.map("groups").forEach((group, heads) -> groups.put(group, new ArrayList<>(List.of(heads.split(" ")))));
        Map<String, Integer> heads = new TreeMap<>();
        groups.forEach((group, ids) -> heads.put(group, ids.size()));
        assertEquals(encoded(run.model.heads()), heads);
        now.lists("g:").forEach((group, behind) -> groups.get(group).addAll(behind));
        assertEquals(encoded(run.model.groups()), groups);
    }

    private void requireOnePlaceEach(StoredQueue now) {
        assertEquals(now.bodies().keySet().stream().toList(), now.places().stream().sorted().toList(),
                "one place each");
        Set<String> known = new TreeSet<>(now.bodies().keySet());
        now.map("state").keySet().forEach(field -> assertTrue(known.contains(field.split(":")[0]), field + " is left"));
        long removed = now.map("gone").values().stream().mapToLong(n -> (long) Double.parseDouble(n)).sum();
        long kept = now.keys().entrySet().stream().filter(e -> e.getKey().matches("[wgh]:.*"))
                .flatMap(e -> e.getValue().stream()).filter(id -> !known.contains(id)).count();
        assertEquals(removed, kept, "ids of removed jobs that are left in lines are counted");
        assertTrue(now.map("expiring").keySet().stream().allMatch(known::contains), "expiring");
        long waiting = now.lists("w:").values().stream().mapToLong(List::size).sum()
                + now.lists("g:").values().stream().mapToLong(List::size).sum();
        assertEquals(waiting, now.stat("waiting"));
        assertEquals(now.stat("enqueued"), waiting + now.map("delayed").size() + now.map("leased").size()
                + now.map("dead").size() + now.stat("completed") + now.stat("removed"), "all are counted");
        assertEquals(run.model.counts().subList(4, 7),
                List.of(now.stat("completed"), now.stat("removed"), now.stat("enqueued")));
    }

    private void requireOnlyHeadsRun(StoredQueue now) {
        Set<String> heads = new HashSet<>();
        now.map("groups").values().forEach(ids -> heads.addAll(List.of(ids.split(" "))));
        List<String> runnable = new ArrayList<>(now.map("leased").keySet());
        now.lists("w:").values().forEach(runnable::addAll);
        run.queue.peek(runnable).stream().filter(job -> job.group() != null)
                .forEach(job -> assertTrue(heads.contains(job.id()), () -> "no head of its group: " + job));
    }

    /** Lets all time pass and works everything off. */
    private void finish() {
        run.queue.pause("");
        run.queue.schedule("s", null);
        QueueHistories.GROUPS.forEach(group -> run.queue.limit(group, null, 9));
        run.queue.redrive(200);
        QueueSettings any = QueueSettings.DEFAULT.withRetries(9, Backoff.DEFAULT).withLease(1000, 9).withRetention(0,
                0);
        VirtualQueue last = new VirtualQueue(redis, any);
        // When a job ends, its rerun is enqueued, which may have a delay.
        for (int round = 0; round < 2; round++) {
            redis.advance(Duration.ofDays(500).toMillis() * 1000);
            for (List<Job> jobs = reserved(last); !jobs.isEmpty(); jobs = reserved(last)) {
                last.complete(jobs.stream().map(job -> new JobResult(job.id(), job.leaseToken(), null)).toList());
            }
        }
        while (last.sweep(3).more()) {
            // There is more.
        }
        StoredQueue end = StoredQueue.of(redis);
        assertEquals(end.stat("enqueued"), end.stat("completed") + end.stat("removed"));
        assertEquals(0, end.stat("waiting"));
        Set<String> left = new TreeSet<>(end.keys().keySet());
        left.removeIf(key -> key.matches("[it]:.*") && !redis.immortal().contains(VirtualQueue.PREFIX + key));
        left.removeAll(Set.of("meta", "stats"));
        assertEquals(Set.of(), left, "what is left for ever");
    }

    private static List<Job> reserved(VirtualQueue queue) {
        return queue.reserve(List.of(new Reservation(7, 0)), false).jobs();
    }

    private static <T> Map<String, T> encoded(Map<String, T> map) {
        Map<String, T> encoded = new TreeMap<>();
        map.forEach((key, value) -> encoded.put(Keys.encode(key), value));
        return encoded;
    }
}
