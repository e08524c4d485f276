package dev.millrace.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.json.Timestamps;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.LeaseToken;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.reference.QueueModel.Standing;
import dev.millrace.queue.store.StoredJob;
import dev.millrace.redis.VirtualRedis;

/** The scripts behind one job queue, called as the service calls them, under virtual time. */
final class QueueScripts {

    static final String PREFIX = "q:";
    static final String META = PREFIX + "meta";
    private static final List<String> KEYS = List.of(META);
    private static final String IDEMPOTENCY_MS = "86400000";

    /** Jobs that were handed out; {@code next} as the script says it. */
    record Handed(List<Job> jobs, long next) {}

    private final VirtualRedis redis;
    private final QueueSettings settings;

    QueueScripts(VirtualRedis redis, QueueSettings settings) {
        this.redis = redis;
        this.settings = settings;
    }

    /** The present moment in ms. */
    long now() {
        return redis.now() / 1000;
    }

    List<Standing> enqueue(List<NewJob> jobs) {
        return enqueue("", null, jobs);
    }

    /** Enqueues the job of an occurrence of a schedule; empty if that was done before. */
    List<Standing> fire(String schedule, long at, long next, NewJob job) {
        return enqueue(at + " " + next + ' ' + schedule, schedule, List.of(job));
    }

    private List<Standing> enqueue(String claim, String schedule, List<NewJob> jobs) {
        List<Object> args = new ArrayList<>(List.of(IDEMPOTENCY_MS, claim));
        for (NewJob job : jobs) {
            args.add(StoredJob.encodeAttributes(job));
            args.add(StoredJob.encodeBody(job, schedule));
        }
        List<?> reply = list("enqueue", args);
        List<Standing> standing = new ArrayList<>();
        if (reply.isEmpty()) {
            return standing;
        }
        long first = Long.parseLong((String) reply.get(0));
        String marks = reply.get(1).equals("") ? "0".repeat(jobs.size()) : (String) reply.get(1);
        int duplicate = 3;
        for (int i = 0; i < marks.length(); i++) {
            String state = List.of("waiting", "delayed", "").get(marks.charAt(i) - '0');
            standing.add(marks.charAt(i) == '2'
                    ? new Standing((String) reply.get(duplicate++), (String) reply.get(duplicate++), true)
                    : new Standing(Long.toString(first + i), state, false));
        }
        return standing;
    }

    /** {@code wanted}: in twos, how many jobs, and ms of their leases, 0 for each job's own. */
    Handed reserve(List<Long> wanted, boolean waiting) {
        List<Object> args = new ArrayList<>(List.of(settings.concurrency(), settings.interval(), settings.rateLimit(),
                settings.maxStalls(), waiting ? 1 : 0));
        args.addAll(wanted);
        args.add(settings.leaseMs());
        List<?> reply = list("reserve", args);
        int n = ((Long) reply.get(2)).intValue();
        String[] ends = new String[n];
        String[] states = new String[n];
        Arrays.fill(ends, (String) reply.get(3));
        Arrays.fill(states, "");
        for (int i = 4 + 2 * n; i < reply.size(); i += 3) {
            int place = ((Long) reply.get(i)).intValue() - 1;
            ends[place] = (String) reply.get(i + 1);
            states[place] = (String) reply.get(i + 2);
        }
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            jobs.add(new StoredJob((String) reply.get(4 + 2 * i), (String) reply.get(5 + 2 * i), states[i])
                    .delivered(Timestamps.format(Long.parseLong(ends[i])), new Timestamps.Series(), settings));
        }
        return new Handed(jobs, (Long) reply.get(1));
    }

    List<JobStatus> complete(List<JobResult> results) {
        boolean plain = results.stream().allMatch(r -> r.result() == null
                && LeaseToken.delivery(r.id(), r.leaseToken()).equals("1"));
        List<Object> args = new ArrayList<>(List.of(settings.completedMs(), plain ? 1 : 3));
        for (JobResult r : results) {
            args.addAll(plain
                    ? List.of(r.id())
                    : List.of(r.id(), LeaseToken.delivery(r.id(), r.leaseToken()), text(r.result())));
        }
        List<?> codes = list("complete", args);
        return codes.isEmpty() ? Collections.nCopies(results.size(), JobStatus.COMPLETED) : statuses(codes);
    }

    /** {@code luck}: below 1, for the jitter. */
    List<JobStatus> fail(List<JobFailure> failures, double luck) {
        List<Object> args = new ArrayList<>(List.of(settings.maxAttempts(), settings.backoff().encode()));
        for (JobFailure f : failures) {
            args.addAll(List.of(f.id(), LeaseToken.delivery(f.id(), f.leaseToken()), f.error(),
                    f.delay() == null ? -1 : f.delay().toMillis(), f.postponed() ? 2 : f.dead() ? 1 : 0,
                    String.format(Locale.ROOT, "%.6f", luck)));
        }
        return statuses(list("fail", args));
    }

    List<ExtendedLease> extend(List<LeaseExtension> leases) {
        List<Object> args = new ArrayList<>(List.of(settings.leaseMs()));
        for (LeaseExtension e : leases) {
            args.addAll(List.of(e.id(), LeaseToken.delivery(e.id(), e.leaseToken()),
                    e.lease() == null ? 0 : e.lease().toMillis(), text(e.progress())));
        }
        List<?> reply = list("extend", args);
        List<ExtendedLease> extended = new ArrayList<>();
        for (int i = 0; i < reply.size(); i += 2) {
            long code = (Long) reply.get(i);
            extended.add(new ExtendedLease(JobStatus.of((int) code), (Long) reply.get(i + 1),
                    code == JobStatus.CANCEL_REQUESTED));
        }
        return extended;
    }

    /** Takes back deliveries, by their tokens. */
    long release(List<String> tokens) {
        List<String> args = new ArrayList<>();
        for (String token : tokens) {
            String id = token.substring(0, token.indexOf('.'));
            args.add(id);
            args.add(LeaseToken.delivery(id, token));
        }
        return (Long) run("release", args);
    }

    long cancel(String id) {
        return (Long) run("cancel", List.of(id));
    }

    String retry(String id) {
        return (String) run("retry", List.of(id));
    }

    /** Removes all that wait or are delayed, so many per call; says how many. {@code meanwhile} is done after the first call. */
    long drain(int most, Runnable meanwhile) {
        return drain(most, meanwhile, () -> {});
    }

    /** {@code always} is done after each other call. */
    long drain(int most, Runnable meanwhile, Runnable always) {
        List<?> reply = list("drain", List.of(most, "", "e:0:"));
        meanwhile.run();
        long sum = (Long) reply.get(0);
        for (int calls = 1; !reply.get(2).equals(""); calls++) {
            if (calls == 1000) {
                throw new AssertionError("it goes on for ever");
            }
            reply = list("drain", List.of(most, reply.get(1), reply.get(2)));
            sum += (Long) reply.get(0);
            always.run();
        }
        return sum;
    }

    /** Makes the dead ready, so many per call; says how many. */
    long redrive(int most) {
        long sum = 0;
        long skipped = 0;
        List<?> reply = list("redrive", List.of(most, skipped, ""));
        while ((Long) reply.get(0) + (Long) reply.get(1) > 0) {
            sum += (Long) reply.get(0);
            skipped += (Long) reply.get(1);
            reply = list("redrive", List.of(most, skipped, reply.get(2)));
        }
        return sum;
    }

    void pause(String why) {
        run("pause", List.of(why));
    }

    /** Does what time asks for; the reply is as the script gives it. */
    List<?> sweep(int most) {
        return list("sweep", List.of(settings.maxStalls(), settings.completedMs(), settings.deadMs(), most));
    }

    /** The jobs as those see them who look; null for one that is not there. */
    List<Job> peek(List<String> ids) {
        List<Job> jobs = new ArrayList<>();
        List<?> reply = list("peek", ids);
        for (int i = 0; i < ids.size(); i++) {
            List<?> r = (List<?>) reply.get(i);
            jobs.add(r.isEmpty()
                    ? null
                    : new StoredJob(ids.get(i), (String) r.get(2), (String) r.get(3))
                            .seen((String) r.get(0), (Long) r.get(1), orNull(r.get(4)), orNull(r.get(5)),
                                    orNull(r.get(6)),
                                    settings));
        }
        return jobs;
    }

    /** The ids that are listed under a state, so many per page. */
    List<String> list(String state, int limit) {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            List<?> page = list("list", List.of(state, cursor, limit));
            for (int i = 1; i < page.size(); i += 2) {
                ids.add((String) page.get(i));
            }
            cursor = (String) page.get(0);
        } while (!cursor.isEmpty());
        return ids;
    }

    /** Sets when a schedule is due next; null removes it. */
    void schedule(String name, Long next) {
        run("schedule", List.of(name, next == null ? "" : "{}", next == null ? 0L : next, 100));
    }

    private static String orNull(Object text) {
        return text.equals("") ? null : (String) text;
    }

    private static String text(JsonValue json) {
        return json == null ? "" : json.text();
    }

    private static List<JobStatus> statuses(List<?> codes) {
        return codes.stream().map(code -> JobStatus.of(((Long) code).intValue())).toList();
    }

    private List<?> list(String verb, List<?> args) {
        return (List<?>) run(verb, args);
    }

    private Object run(String verb, List<?> args) {
        return redis.raw("queue/" + verb + "-1", KEYS, args);
    }
}
