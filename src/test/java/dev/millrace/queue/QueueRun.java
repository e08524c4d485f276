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
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.QueueHistories.Action;
import dev.millrace.queue.QueueHistories.Step;
import dev.millrace.queue.QueueScripts.Handed;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.reference.ModelJob.Place;
import dev.millrace.queue.reference.QueueModel;
import dev.millrace.queue.reference.QueueModel.Standing;
import dev.millrace.queue.reference.SchedulesModel;
import dev.millrace.redis.VirtualRedis;

/** Takes the steps of a history with the scripts and with the model, and requires that both answer the same. */
final class QueueRun {

    private static final int ALL = 200;
    private static final List<NewJob> LATE = Stream.of(0L, 0L, 1L, 9000L).map(delay -> new NewJob("late", null,
            5, Duration.ofMillis(delay), null, null, null, null, null, null, null, null)).toList();

    /** Where the job is that is cancelled or retried. */
    private static final List<Place> PLACES = List.of(Place.WAITING, Place.WAITING, Place.WAITING, Place.DELAYED,
            Place.DELAYED, Place.DELAYED, Place.ACTIVE, Place.ACTIVE, Place.DEAD, Place.DEAD, Place.COMPLETED,
            Place.GONE);

    final QueueModel model;
    final QueueScripts scripts;
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
        this.scripts = new QueueScripts(redis, settings);
    }

    /** Lets time pass. */
    void pass(Step step) {
        long now = scripts.now();
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
        long now = scripts.now();
        boolean odd = step.n() % 2 == 1;
        switch (step.action()) {
            case ENQUEUE -> enqueued(now, step.jobs(), null, scripts.enqueue(step.jobs()));
            case RESERVE -> reserve(now, step);
            case COMPLETE -> complete(now, step);
            case FAIL -> fail(now, step);
            case EXTEND -> extend(now, step);
            case RELEASE -> {
                List<String> released = new ArrayList<>(picked(step));
                released.sort(null);
                assertEquals(model.release(released), scripts.release(released));
                reordered.addAll(released.stream().map(QueueRun::id).toList());
            }
            case CANCEL -> {
                String id = job(step);
                assertEquals(model.cancel(id), scripts.cancel(id));
            }
            case RETRY -> {
                String id = job(step);
                assertEquals(model.retry(id), scripts.retry(id));
                reordered.add(id);
            }
            case REDRIVE -> {
                reordered.addAll(byTime(Place.DEAD));
                assertEquals(model.redrive(), scripts.redrive(odd ? 1 : ALL));
            }
            case DRAIN -> {
                long all = model.drain();
                assertEquals(all, scripts.drain(odd ? step.many() : ALL, () -> {
                    // What is enqueued meanwhile stays.
                    for (int i = 0; i < step.which(); i++) {
                        List<NewJob> late = List.of(LATE.get((step.n() + i) % LATE.size()));
                        enqueued(now, late, null, scripts.enqueue(late));
                    }
                }));
            }
            case PAUSE, RESUME -> {
                boolean pause = step.action() == Action.PAUSE;
                model.pause(pause);
                scripts.pause(pause ? "api" : "");
            }
            case SWEEP -> sweep(now, odd ? step.many() : ALL);
            case LIST -> list(1 + step.n());
            case SCHEDULE -> {
                Long next = odd ? null : Long.valueOf(now + step.n() * 500L - 1000);
                schedules.set("s", next);
                scripts.schedule("s", next);
            }
            default -> {
                Long due = schedules.next("s");
                long at = due == null || step.n() == 0 ? now : due;
                long next = odd ? now + step.n() * 500L : -1;
                List<Standing> reply = scripts.fire("s", at, next, step.jobs().get(0));
                assertEquals(schedules.claim("s", at, next < 0 ? null : next), !reply.isEmpty(),
                        "each occurrence is enqueued once");
                enqueued(now, reply.isEmpty() ? List.of() : step.jobs().subList(0, 1), "s", reply);
            }
        }
    }

    private void enqueued(long now, List<NewJob> jobs, String schedule, List<Standing> reply) {
        assertEquals(jobs.size(), reply.size());
        for (int i = 0; i < jobs.size(); i++) {
            Standing standing = reply.get(i);
            assertEquals(model.enqueue(now, jobs.get(i), schedule, standing.id()), standing);
            if (!standing.duplicate()) {
                assertTrue(ids.isEmpty() || Long.parseLong(ids.get(ids.size() - 1)) < Long.parseLong(standing.id()),
                        "ids grow");
                ids.add(standing.id());
                if (standing.state().equals("delayed")) {
                    reordered.add(standing.id());
                }
            }
        }
    }

    private void reserve(long now, Step step) {
        List<Long> wanted = new ArrayList<>();
        List<Long> leases = new ArrayList<>();
        for (int i = 0; i < step.many(); i++) {
            long most = 1L + (step.which() + i) % 3;
            long lease = List.of(0L, 0L, 1000L, 60_000L).get((step.n() + i) % 4);
            wanted.addAll(List.of(most, lease));
            for (int j = 0; j < most; j++) {
                leases.add(lease);
            }
        }
        boolean waiting = step.n() > 3;
        Handed handed = scripts.reserve(wanted, waiting);
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
            String line = job.group() == null ? "priority " + job.priority() : "group " + job.group();
            Long last = lastStarted.put(line, Long.valueOf(job.id()));
            assertTrue(last == null || last < Long.parseLong(job.id()), () -> line + ": " + last + " before " + job);
        }
    }

    private void complete(long now, Step step) {
        List<JobResult> results = new ArrayList<>();
        List<JobStatus> expected = new ArrayList<>();
        Set<String> answered = new HashSet<>();
        for (String token : picked(step)) {
            if (!answered.add(id(token))) {
                // Whether a second answer in the same call is stale or unknown makes no difference to anybody.
                continue;
            }
            JsonValue result = step.n() % 2 == 0 ? null : new JsonValue("{\"by\":\"" + token + "\"}");
            results.add(new JobResult(id(token), token, result));
            expected.add(model.complete(now, id(token), token, result));
        }
        if (step.n() == 2) {
            results.addAll(List.copyOf(results));
        }
        List<JobStatus> statuses = scripts.complete(results);
        assertEquals(expected, statuses.subList(0, expected.size()));
        assertFalse(statuses.subList(expected.size(), statuses.size()).contains(JobStatus.COMPLETED), "only once");
    }

    private void fail(long now, Step step) {
        List<JobFailure> failures = new ArrayList<>();
        List<JobStatus> expected = new ArrayList<>();
        double luck = step.which() / 8.0;
        Long delay = step.n() < 7 ? null : Long.valueOf((step.n() - 7) * 500L);
        for (String token : picked(step)) {
            boolean dead = step.n() % 5 == 4;
            boolean putOff = step.n() % 5 == 3;
            failures.add(new JobFailure(id(token), token, "E" + step.n(),
                    delay == null ? null : Duration.ofMillis(delay), dead, putOff));
            expected.add(model.fail(now, id(token), token, "E" + step.n(), delay, dead, putOff, luck));
            reordered.add(id(token));
        }
        assertEquals(expected, scripts.fail(failures, luck));
    }

    private void extend(long now, Step step) {
        List<LeaseExtension> leases = new ArrayList<>();
        List<ExtendedLease> expected = new ArrayList<>();
        Long lease = step.n() < 4 ? null : Long.valueOf(step.n() * 500L);
        JsonValue progress = step.n() % 3 == 0 ? null : new JsonValue(Integer.toString(step.n()));
        for (String token : picked(step)) {
            leases.add(new LeaseExtension(id(token), token, lease == null ? null : Duration.ofMillis(lease), progress));
            expected.add(model.extend(now, id(token), token, lease, progress));
        }
        assertEquals(expected, scripts.extend(leases));
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
        List<?> reply;
        do {
            reply = scripts.sweep(most);
            model.sweep(now, most);
            assertEquals(model.counts(), reply.subList(1, 9));
            assertEquals(List.of(model.paused() ? "api" : "", schedules.due(now)), reply.subList(9, 11));
        } while (reply.get(0).equals(1L));
        model.sweep(now, Integer.MAX_VALUE);
    }

    private void list(int limit) {
        assertEquals(byTime(Place.DELAYED), scripts.list("delayed", limit));
        assertEquals(byTime(Place.ACTIVE), scripts.list("active", limit));
        for (Place place : List.of(Place.DEAD, Place.COMPLETED)) {
            List<String> newestFirst = new ArrayList<>(byTime(place));
            Collections.reverse(newestFirst);
            assertEquals(newestFirst, scripts.list(place.toString(), limit));
        }
        List<String> waiting = scripts.list("waiting", limit).stream()
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
