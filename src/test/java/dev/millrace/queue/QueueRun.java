package dev.millrace.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.QueueHistories.Action;
import dev.millrace.queue.QueueHistories.Step;
import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.reference.ModelJob;
import dev.millrace.queue.reference.ModelJob.Place;
import dev.millrace.queue.reference.QueueModel;
import dev.millrace.queue.reference.QueueModel.Standing;
import dev.millrace.queue.reference.SchedulesModel;
import dev.millrace.queue.store.CancelOutcome;
import dev.millrace.queue.store.Reservation;
import dev.millrace.queue.store.RetryOutcome;
import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.queue.store.VirtualQueue.Handed;
import dev.millrace.queue.store.WholeQueueStore.Sweep;
import dev.millrace.redis.VirtualRedis;

/**
 * Takes the steps of a history with the stores and with the model, and requires that both answer the same. The stores are asked
 * first: what Redis refuses ends there, and the model is not asked.
 */
final class QueueRun {

    private static final int ALL = 200;
    private static final List<NewJob> LATE = Stream.of(0L, 0L, 1L, 9000L).map(delay -> NewJob.of("late", null)
            .withPriority(5).withDelay(Duration.ofMillis(delay))).toList();

    /** Where the job is that is cancelled or retried. */
    private static final List<Place> PLACES = List.of(Place.WAITING, Place.WAITING, Place.WAITING, Place.DELAYED,
            Place.DELAYED, Place.DELAYED, Place.ACTIVE, Place.ACTIVE, Place.DEAD, Place.DEAD, Place.COMPLETED,
            Place.GONE);

    final QueueModel model;
    final VirtualQueue queue;
    /** Of all jobs, in the order they were enqueued. */
    final List<String> ids = new ArrayList<>();
    private final VirtualRedis redis;
    private final SchedulesModel schedules = new SchedulesModel();
    /** Of all deliveries. */
    private final List<String> tokens = new ArrayList<>();
    /** Jobs that may have lost their place in line. */
    private final Set<String> reordered = new HashSet<>();
    private final Map<String, Long> lastStarted = new HashMap<>();

    QueueRun(VirtualRedis redis, QueueSettings settings) {
        this.redis = redis;
        this.model = new QueueModel(settings);
        this.queue = new VirtualQueue(redis, settings);
        if (!settings.groups().isEmpty()) {
            queue.configure(null);
        }
    }

    /** Lets time pass. */
    void pass(Step step) {
        long now = queue.now();
        List<Long> ends = model.ends(now);
        long end = ends.isEmpty() ? now + 1 : ends.get(Math.min(step.which() / 2, ends.size() - 1));
        switch (step.passing()) {
            case SOME -> redis.advance(step.micros());
            case UNTIL_JUST_BEFORE_AN_END -> redis.advance(end * 1000 - 1 - redis.now());
            case UNTIL_AN_END -> redis.advance(end * 1000 - redis.now());
            default -> redis.advance((end + 1) * 1000 - redis.now());
        }
    }

    /** Takes the step. */
    void take(Step step) {
        long now = queue.now();
        model.now(now);
        boolean odd = step.n() % 2 == 1;
        switch (step.action()) {
            case ENQUEUE -> enqueued(now, step.jobs(), null, queue.enqueue(step.jobs()));
            case RESERVE -> reserve(now, step);
            case COMPLETE -> complete(now, step);
            case FAIL -> fail(now, step);
            case EXTEND -> extend(now, step);
            case RELEASE -> {
                List<String> released = new ArrayList<>(picked(step));
                released.sort(null);
                Long delay = step.n() < 9 ? null : Long.valueOf(step.n() * 100L - 900);
                List<JobStatus> statuses = queue.release(released, delay == null ? null : Duration.ofMillis(delay));
                assertEquals(model.release(now, released, delay == null ? 0 : delay), statuses);
                reordered.addAll(released.stream().map(QueueRun::id).toList());
            }
            case CANCEL -> {
                String id = job(step);
                CancelOutcome outcome = queue.cancel(id);
                assertEquals(model.cancel(id), outcome.code());
            }
            case RETRY -> {
                String id = job(step);
                RetryOutcome outcome = queue.retry(id);
                assertEquals(model.retry(id).toUpperCase(Locale.ROOT), outcome.name());
                reordered.add(id);
            }
            case REDRIVE -> {
                List<String> dead = byTime(Place.DEAD);
                long count = queue.redrive(odd ? 1 : ALL);
                assertEquals(model.redrive(), count);
                reordered.addAll(dead);
            }
            case DRAIN -> {
                AtomicLong all = new AtomicLong();
                long count = queue.drain(odd ? step.many() : ALL, () -> {
                    all.set(model.drain());
                    // What is enqueued meanwhile stays.
                    for (int i = 0; i < step.which(); i++) {
                        List<NewJob> late = List.of(LATE.get((step.n() + i) % LATE.size()));
                        enqueued(now, late, null, queue.enqueue(late));
                    }
                });
                assertEquals(all.get(), count);
            }
            case PAUSE, RESUME -> {
                boolean pause = step.action() == Action.PAUSE;
                queue.pause(pause ? "api" : "");
                model.pause(pause);
            }
            case SWEEP -> sweep(now, odd ? step.many() : ALL);
            case LIST -> list(1 + step.n());
            case LIMIT -> {
                String group = QueueHistories.GROUPS.get(step.which() % 2);
                Integer concurrency = step.n() > 8 ? null : Integer.valueOf(step.many());
                queue.limit(group, concurrency == null ? null : new GroupDefinition(concurrency, null), 9);
                model.limit(group, concurrency);
            }
            case SCHEDULE -> {
                Long next = odd ? null : Long.valueOf(now + step.n() * 500L - 1000);
                queue.schedule("s", next);
                schedules.set("s", next);
            }
            default -> {
                Long due = schedules.next("s");
                long at = due == null || step.n() == 0 ? now : due;
                long next = odd ? now + step.n() * 500L : -1;
                List<EnqueuedJob> reply = queue.fire("s", at, next, step.jobs().get(0));
                assertEquals(schedules.claim("s", at, next < 0 ? null : next), !reply.isEmpty(),
                        "each occurrence is enqueued once");
                enqueued(now, reply.isEmpty() ? List.of() : step.jobs().subList(0, 1), at, reply);
            }
        }
    }

    /** Notes the jobs that were enqueued when others ended. */
    void noteReruns() {
        for (ModelJob job : model.jobs().all()) {
            if (!ids.contains(job.id)) {
                ids.add(job.id);
                reordered.add(job.id);
            }
        }
    }

    private void enqueued(long now, List<NewJob> jobs, Long occurrence, List<EnqueuedJob> reply) {
        noteReruns();
        assertEquals(jobs.size(), reply.size());
        for (int i = 0; i < jobs.size(); i++) {
            Standing standing = new Standing(reply.get(i).id(), reply.get(i).state(), reply.get(i).duplicate());
            assertEquals(model.enqueue(now, jobs.get(i), occurrence, standing.id()), standing);
            if (!standing.duplicate()) {
                assertTrue(ids.isEmpty() || Long.parseLong(ids.get(ids.size() - 1)) < Long.parseLong(standing.id()),
                        "ids grow");
                ids.add(standing.id());
                if (standing.state().equals("delayed")) {
                    reordered.add(standing.id());
                }
            }
        }
        Object last = redis.call("HGET", VirtualQueue.META, "seq");
        model.lastId(last == null ? 0 : Long.parseLong((String) last));
    }

    private void reserve(long now, Step step) {
        List<Reservation> wanted = new ArrayList<>();
        List<Long> leases = new ArrayList<>();
        for (int i = 0; i < step.many(); i++) {
            int most = 1 + (step.which() + i) % 3;
            long lease = List.of(0L, 0L, 1000L, 60_000L).get((step.n() + i) % 4);
            wanted.add(new Reservation(most, lease));
            for (int j = 0; j < most; j++) {
                leases.add(lease);
            }
        }
        boolean waiting = step.n() > 3;
        Handed handed = queue.reserve(wanted, waiting);
        List<Job> expected = model.reserve(now, leases);
        assertEquals(expected.stream().map(Job::id).toList(), handed.jobs().stream().map(Job::id).toList());
        assertEquals(expected, handed.jobs());
        handed.jobs().forEach(this::started);
        if (waiting && handed.jobs().size() < leases.size()) {
            long soonest = model.soonest(now);
            assertTrue(
                    handed.next() == 0
                            ? soonest == 0
                            : handed.next() > now && (soonest == 0 || handed.next() <= soonest + 1),
                    () -> "more at " + soonest + ", but said is " + handed.next());
        }
    }

    /** First in, first out, asked of the scripts alone: of those that were ready at once, in one priority and in one group. */
    private void started(Job job) {
        tokens.add(job.leaseToken());
        boolean again = !job.leaseToken().endsWith(".1");
        if (!again && !reordered.contains(job.id())) {
            String line = "priority " + job.priority() + (job.group() == null ? "" : " of group " + job.group());
            Long last = lastStarted.put(line, Long.valueOf(job.id()));
            assertTrue(last == null || last < Long.parseLong(job.id()), () -> line + ": " + last + " before " + job);
        }
    }

    private void complete(long now, Step step) {
        List<JobResult> results = new ArrayList<>();
        Set<String> answered = new HashSet<>();
        for (String token : picked(step)) {
            if (answered.add(id(token))) {
                // Whether a second answer in the same call is stale or unknown makes no difference to anybody.
                JsonValue result = step.n() % 2 == 0 ? null : new JsonValue("{\"by\":\"" + token + "\"}");
                results.add(new JobResult(id(token), token, result));
            }
        }
        List<JobResult> asked = new ArrayList<>(results);
        if (step.n() == 2) {
            asked.addAll(results);
        }
        List<JobStatus> statuses = queue.complete(asked);
        List<JobStatus> expected = new ArrayList<>();
        results.forEach(r -> expected.add(model.complete(now, r.id(), r.leaseToken(), r.result())));
        assertEquals(expected, statuses.subList(0, expected.size()));
        assertFalse(statuses.subList(expected.size(), statuses.size()).contains(JobStatus.COMPLETED), "only once");
    }

    private void fail(long now, Step step) {
        double luck = step.which() / 8.0;
        Long delay = step.n() < 7 ? null : Long.valueOf((step.n() - 7) * 500L);
        boolean dead = step.n() % 5 == 4;
        boolean putOff = step.n() % 5 == 3;
        List<String> picked = picked(step);
        List<JobStatus> statuses = queue.fail(picked.stream().map(token -> new JobFailure(id(token), token,
                "E" + step.n(), delay == null ? null : Duration.ofMillis(delay), dead, putOff)).toList(), luck);
        List<JobStatus> expected = new ArrayList<>();
        for (String token : picked) {
            expected.add(model.fail(now, id(token), token, "E" + step.n(), delay, dead, putOff, luck));
            reordered.add(id(token));
        }
        assertEquals(expected, statuses);
    }

    private void extend(long now, Step step) {
        Long lease = step.n() < 4 ? null : Long.valueOf(step.n() * 500L);
        JsonValue progress = step.n() % 3 == 0 ? null : new JsonValue(Integer.toString(step.n()));
        List<String> picked = picked(step);
        List<ExtendedLease> extended = queue.extend(picked.stream().map(token -> new LeaseExtension(id(token), token,
                lease == null ? null : Duration.ofMillis(lease), progress)).toList());
        List<ExtendedLease> expected = new ArrayList<>();
        picked.forEach(token -> expected.add(model.extend(now, id(token), token, lease, progress)));
        assertEquals(expected, extended);
    }

    /** Some of the tokens that were handed out, late ones among them; and maybe one that never was. */
    private List<String> picked(Step step) {
        List<String> picked = new ArrayList<>();
        for (int i = step.which() / 2; i < step.which() / 2 + step.many() && i < tokens.size(); i++) {
            picked.add(tokens.get(tokens.size() - 1 - i));
        }
        if (step.n() == 0 || picked.isEmpty()) {
            picked.add("7.1");
        } else if (step.n() == 1 && !ids.isEmpty()) {
            picked.add(ids.get(ids.size() - 1) + ".9");
        }
        return picked;
    }

    /** One of the jobs in some place, or one that is not there. */
    private String job(Step step) {
        List<String> there = byTime(PLACES.get(step.n()));
        return there.isEmpty() ? "7" : there.get(Math.min(step.which(), there.size() - 1));
    }

    private void sweep(long now, int most) {
        Sweep reply;
        do {
            reply = queue.sweep(most);
            model.sweep(now, most);
            assertEquals(model.counts(), counts(reply.snapshot().counts()));
            assertEquals(model.paused() ? "api" : null, reply.snapshot().pausedReason());
            assertEquals(schedules.nextIn(now), reply.schedulesInMs());
        } while (reply.more());
        model.sweep(now, Integer.MAX_VALUE);
    }

    private static List<Long> counts(QueueCounts c) {
        return List.of(c.waiting(), c.delayed(), c.active(), c.dead(), c.completed(), c.removed(), c.enqueued(),
                c.kept());
    }

    private void list(int limit) {
        assertEquals(byTime(Place.DELAYED), queue.list("delayed", limit));
        assertEquals(byTime(Place.ACTIVE), queue.list("active", limit));
        for (Place place : List.of(Place.DEAD, Place.COMPLETED)) {
            List<String> newestFirst = new ArrayList<>(byTime(place));
            Collections.reverse(newestFirst);
            assertEquals(newestFirst, queue.list(place.toString(), limit));
        }
        List<String> waiting = queue.list("waiting", limit).stream()
                .filter(id -> model.jobs().place(id) == Place.WAITING).toList();
        List<String> ready = new ArrayList<>();
        model.ready().values().forEach(ready::addAll);
        assertEquals(ready.size(), waiting.stream().limit(ready.size()).filter(ready::contains).count(),
                "ready ones first");
        assertEquals(byTime(Place.WAITING).stream().sorted().toList(), waiting.stream().sorted().toList());
    }

    private List<String> byTime(Place place) {
        return model.jobs().byTime(place).map(job -> job.id).toList();
    }

    private static String id(String token) {
        return token.substring(0, token.indexOf('.'));
    }
}
