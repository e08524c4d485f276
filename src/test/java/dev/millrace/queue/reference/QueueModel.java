package dev.millrace.queue.reference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.OnDuplicate;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.model.UniqueUntil;
import dev.millrace.queue.reference.ModelJob.Place;

/** A job queue, said as plainly as possible: jobs, each in one place, and the line of those that are ready. Times in ms. */
public final class QueueModel {

    private static final long IDEMPOTENCY_MS = 86_400_000;
    /** The job that an enqueued one is, or that stands for it. */
    public record Standing(String id, String state, boolean duplicate) {}

    /** What became of a lease that was to be extended; {@code ends} is 0 if it was not. */

    private record Remembered(ModelJob job, long until) {}

    private final QueueSettings settings;
    private final ModelJobs jobs = new ModelJobs();
    private final Map<String, Remembered> idempotent = new HashMap<>();
    private final Line line;
    private final Rate rate;
    private final Map<String, Remembered> windows = new HashMap<>();
    private boolean paused;
    private long lastId;
    /** The present moment, in ms. */
    private long time;
    private long completed;
    private long removed;
    private long ended;

    public QueueModel(QueueSettings settings) {
        this.settings = settings;
        this.line = new Line(settings.groups().isEmpty() ? 1 : GroupDefinition.decode(settings.groups()).atOnce());
        this.rate = new Rate(settings.rateLimit(), settings.rateWindowMs());
    }

    /** Adds a job, which gets that id, unless another stands for it. */
    public Standing enqueue(long now, NewJob asked, Long occurrence, String id) {
        Remembered first = asked.idempotencyKey() == null ? null : idempotent.get(asked.idempotencyKey());
        if (first != null && now <= first.until) {
            return new Standing(first.job.id, first.job.place.toString(), true);
        }
        String key = asked.uniqueKey();
        if (asked.throttle() != null) {
            Remembered throttled = windows.get(key);
            if (throttled != null && now <= throttled.until) {
                return new Standing(throttled.job.id, throttled.job.place.toString(), true);
            }
        } else {
            ModelJob living = jobs.holder(key);
            if (living != null && living.place == Place.WAITING && !living.mayStart(now)) {
                remove(living);
            } else if (living != null) {
                if (change(now, living, asked, occurrence) && asked.idempotencyKey() != null) {
                    idempotent.put(asked.idempotencyKey(), new Remembered(living, now + IDEMPOTENCY_MS));
                }
                return new Standing(living.id, living.place.toString(), true);
            }
        }
        ModelJob job = new ModelJob(id, asked, occurrence, now);
        jobs.add(job);
        jobs.hold(job);
        if (asked.throttle() != null) {
            windows.put(key, new Remembered(job, now + asked.throttle().toMillis()));
        }
        if (asked.idempotencyKey() != null) {
            idempotent.put(asked.idempotencyKey(), new Remembered(job, now + IDEMPOTENCY_MS));
        }
        begin(now, job);
        return new Standing(id, job.place.toString(), false);
    }

    private void begin(long now, ModelJob job) {
        if (job.at > now) {
            job.place = Place.DELAYED;
        } else {
            line.join(job);
        }
    }

    /** Does what a duplicate wants of the job that stands for it; says whether it wanted something. */
    private boolean change(long now, ModelJob job, NewJob asked, Long occurrence) {
        boolean debounced = asked.debounce() != null;
        boolean rerun = debounced || asked.onDuplicate() == OnDuplicate.RERUN;
        if (!rerun && asked.onDuplicate() != OnDuplicate.REPLACE) {
            return false;
        }
        if (job.planned != null || job.place == Place.ACTIVE && rerun) {
            long deadline = Long.MAX_VALUE;
            if (debounced) {
                deadline = job.planned != null ? job.planned.deadline() : deadline;
                deadline = deadline == Long.MAX_VALUE && asked.debounce().maxWait() != null
                        ? now + asked.debounce().maxWait().toMillis()
                        : deadline;
            }
            Long due = debounced ? Long.valueOf(Math.min(now + asked.debounce().window().toMillis(), deadline)) : null;
            job.planned = new ModelJob.Planned(asked, occurrence, due, deadline);
            return true;
        }
        if (job.place == Place.ACTIVE) {
            return false;
        }
        job.replace(asked, occurrence);
        if (debounced && job.place == Place.DELAYED && job.deliveries == 0) {
            job.postpone(now, asked.debounce().window().toMillis());
        }
        return true;
    }

    /** Sets the present moment, for what happens without being told it. */
    public void now(long ms) {
        time = ms;
    }

    /** Ids of jobs that are enqueued from now on, without a call, are above this one. */
    public void lastId(long id) {
        lastId = id;
    }

    private void rerun(long now, ModelJob.Planned planned) {
        ModelJob job = new ModelJob(Long.toString(++lastId), planned.asked(), planned.occurrence(), now);
        if (planned.due() != null) {
            long due = Math.max(now, planned.due());
            job.startBy = job.startBy == Long.MAX_VALUE ? job.startBy : job.startBy + due - job.at;
            job.at = due;
            job.deadline = planned.deadline();
        }
        jobs.add(job);
        if (jobs.holder(job.asked.uniqueKey()) == null) {
            jobs.hold(job);
        }
        begin(now, job);
    }

    /** Hands out jobs; {@code leases}: ms for each that is wanted, 0 for the job's own. */
    public List<Job> reserve(long now, List<Long> leases) {
        comeBack(now, Integer.MAX_VALUE);
        becomeReady(now, Integer.MAX_VALUE);
        int room = Math.min(leases.size(), room(now));
        List<Job> handed = new ArrayList<>();
        for (ModelJob job = line.next(); job != null && handed.size() < room; job = line.next()) {
            if (!job.mayStart(now)) {
                remove(job);
                continue;
            }
            long lease = leases.get(handed.size());
            line.take(job);
            job.place = Place.ACTIVE;
            job.deliveries++;
            if (job.asked.uniqueUntil() == UniqueUntil.STARTED) {
                jobs.free(job);
            }
            job.at = now + (lease == 0 ? job.lease(settings) : lease);
            handed.add(job.delivered(settings));
        }
        rate.use(handed.size());
        return handed;
    }

    private int room(long now) {
        return Math.min(free(), rate.room(now));
    }

    private int free() {
        if (paused) {
            return 0;
        }
        return settings.concurrency() == 0
                ? Integer.MAX_VALUE
                : (int) Math.max(0, settings.concurrency() - jobs.count(Place.ACTIVE));
    }

    /** Whether somebody who asks is handed something now. */
    public boolean hasSome(long now) {
        return room(now) > 0 && !line.ready().isEmpty();
    }

    /** The first ms at which there may be more if nobody does anything; 0 for none. */
    public long soonest(long now) {
        long first = Stream
                .concat(jobs.in(Place.DELAYED).map(job -> job.at), jobs.in(Place.ACTIVE).map(job -> job.at + 1))
                .min(Comparator.naturalOrder()).orElse(Long.MAX_VALUE);
        first = line.ready().isEmpty() || free() == 0 ? first : Math.min(first, rate.roomAt(now));
        return first == Long.MAX_VALUE ? 0 : Math.max(first, rate.roomAt(now));
    }

    public JobStatus complete(long now, String id, String token, JsonValue result) {
        ModelJob job = leased(id, token);
        if (job == null) {
            return refused(id);
        }
        completed++;
        job.result = result;
        end(now, job, settings.completedMs() == 0 ? Place.GONE : Place.COMPLETED);
        return JobStatus.COMPLETED;
    }

    /**
     * Takes a failure.
     *
     * @param delay until the next attempt, null for the backoff
     * @param dead whether there is to be no other
     * @param putOff whether it costs no attempt
     * @param luck below 1, for the jitter
     */
    public JobStatus fail(long now, String id, String token, String error, Long delay, boolean dead, boolean putOff,
            double luck) {
        ModelJob job = leased(id, token);
        if (job == null) {
            return refused(id);
        }
        job.failures += putOff ? 0 : 1;
        if (job.cancelled) {
            remove(job);
            return JobStatus.CANCELLED;
        }
        job.error = error;
        if (dead || !putOff && job.failures >= job.maxAttempts(settings)) {
            end(now, job, Place.DEAD);
            return JobStatus.DEAD;
        }
        long wait = delay == null ? job.backoff(settings, luck) : delay;
        if (wait > 0) {
            job.place = Place.DELAYED;
            job.at = now + wait;
        } else {
            comeBack(job);
        }
        return JobStatus.RETRYING;
    }

    /** Prolongs a lease; {@code lease} in ms, null for the job's own. */
    public ExtendedLease extend(long now, String id, String token, Long lease, JsonValue progress) {
        ModelJob job = leased(id, token);
        if (job == null) {
            return new ExtendedLease(refused(id), 0, false);
        }
        job.at = now + (lease == null ? job.lease(settings) : lease);
        job.progress = progress == null ? job.progress : progress;
        return new ExtendedLease(JobStatus.EXTENDED, job.at, job.cancelled);
    }

    /** Takes deliveries back at no cost: to the front in this order, or delayed. {@code delay} in ms, 0 for none. */
    public List<JobStatus> release(long now, List<String> tokens, long delay) {
        List<ModelJob> back = new ArrayList<>();
        List<JobStatus> statuses = new ArrayList<>();
        for (String token : tokens) {
            String id = token.substring(0, token.indexOf('.'));
            ModelJob job = leased(id, token);
            if (job == null) {
                statuses.add(refused(id));
                continue;
            }
            statuses.add(job.cancelled ? JobStatus.CANCELLED : JobStatus.RELEASED);
            if (job.cancelled) {
                remove(job);
            } else if (delay > 0) {
                job.place = Place.DELAYED;
                job.at = now + delay;
            } else {
                job.place = Place.WAITING;
                back.add(0, job);
            }
        }
        back.forEach(this::comeBack);
        return statuses;
    }

    /** The job that is active under that token, or null. */
    private ModelJob leased(String id, String token) {
        ModelJob job = jobs.get(id);
        return job != null && job.place == Place.ACTIVE && job.token().equals(token) ? job : null;
    }

    private JobStatus refused(String id) {
        return jobs.place(id) == Place.GONE ? JobStatus.UNKNOWN : JobStatus.STALE;
    }

    /** 1 removed, 2 a worker has it and will be told, 0 unknown. */
    public long cancel(String id) {
        ModelJob job = jobs.get(id);
        switch (jobs.place(id)) {
            case GONE -> {
                return 0;
            }
            case ACTIVE -> {
                job.cancelled = true;
                return 2;
            }
            case COMPLETED -> job.place = Place.GONE;
            default -> remove(job);
        }
        return 1;
    }

    /** Makes a job ready: "ok", "taken" if another has its unique key, or where it is if that can not be. */
    public String retry(String id) {
        ModelJob job = jobs.get(id);
        switch (jobs.place(id)) {
            case DELAYED -> {
                job.place = Place.WAITING;
                line.join(job);
                return "ok";
            }
            case DEAD -> {
                return revive(job) ? "ok" : "taken";
            }
            default -> {
                return jobs.place(id).toString();
            }
        }
    }

    private boolean revive(ModelJob job) {
        if (job.asked.uniqueKey() != null && jobs.holder(job.asked.uniqueKey()) != null) {
            return false;
        }
        jobs.hold(job);
        job.failures = 0;
        job.stalls = 0;
        job.place = Place.WAITING;
        line.join(job);
        return true;
    }

    /** Makes the dead ready, the oldest first, but for those whose unique key another has; says how many. */
    public long redrive() {
        return jobs.byTime(Place.DEAD).toList().stream().filter(this::revive).count();
    }

    /** Removes all that wait or are delayed; says how many. */
    public long drain() {
        List<ModelJob> all = Stream.concat(jobs.in(Place.WAITING), jobs.in(Place.DELAYED)).toList();
        all.forEach(job -> {
            job.planned = null;
            remove(job);
        });
        jobs.in(Place.ACTIVE).forEach(job -> job.planned = null);
        return all.size();
    }

    public void pause(boolean paused) {
        this.paused = paused;
    }

    /** Does what time asks for, so much of each sort. */
    public void sweep(long now, int most) {
        becomeReady(now, most);
        comeBack(now, most);
        expire(now, most);
        forget(now, Place.COMPLETED, settings.completedMs(), most);
        removed += forget(now, Place.DEAD, settings.deadMs(), most);
    }

    private void expire(long now, int most) {
        jobs.all().stream()
                .filter(job -> (job.place == Place.WAITING || job.place == Place.DELAYED) && !job.mayStart(now))
                .sorted(Comparator.comparingLong((ModelJob job) -> job.startBy).thenComparing(job -> job.id))
                .limit(most).toList().forEach(this::remove);
    }

    private void becomeReady(long now, int most) {
        jobs.byTime(Place.DELAYED).filter(job -> job.at <= now).limit(most).toList().forEach(job -> {
            job.place = Place.WAITING;
            line.join(job);
        });
    }

    /** A lease holds up to the end of its last ms. Of those that come back together, the first one is in front. */
    private void comeBack(long now, int most) {
        List<ModelJob> ended = jobs.byTime(Place.ACTIVE).filter(job -> job.at < now).limit(most).toList();
        List<ModelJob> back = new ArrayList<>();
        for (ModelJob job : ended) {
            job.stalls++;
            if (job.cancelled) {
                remove(job);
            } else if (job.stalls > settings.maxStalls()) {
                job.error = "The lease expired " + job.stalls + " times without an outcome";
                end(now, job, Place.DEAD);
            } else {
                back.add(0, job);
            }
        }
        back.forEach(this::comeBack);
    }

    private void comeBack(ModelJob job) {
        job.place = Place.WAITING;
        line.comeBack(job);
    }

    private long forget(long now, Place place, long kept, int most) {
        List<ModelJob> old = jobs.byTime(place).filter(job -> job.at + kept <= now).limit(most).toList();
        old.forEach(job -> job.place = Place.GONE);
        return old.size();
    }

    private void remove(ModelJob job) {
        removed++;
        end(0, job, Place.GONE);
    }

    private void end(long now, ModelJob job, Place place) {
        job.place = place;
        job.at = now;
        job.endedAfter = ++ended;
        jobs.free(job);
        line.leave(job);
        if (job.planned != null) {
            rerun(time, job.planned);
            job.planned = null;
        }
    }

    /** Waiting, delayed, active, dead, completed, removed, enqueued, and completed ones that are still kept. */
    public List<Long> counts() {
        return List.of(jobs.count(Place.WAITING), jobs.count(Place.DELAYED), jobs.count(Place.ACTIVE),
                jobs.count(Place.DEAD), completed,
                removed, jobs.size(), jobs.count(Place.COMPLETED));
    }

    public boolean paused() {
        return paused;
    }

    /** The ids that are ready, by priority, in the order they will be handed out. */
    public Map<String, List<String>> ready() {
        return line.ready();
    }

    /** The ids of each group's living members, its heads first. */
    public Map<String, List<String>> groups() {
        return line.groups();
    }

    /** How many heads each group has: of its jobs, only these may be ready, delayed or active. */
    public Map<String, Integer> heads() {
        return line.heads();
    }

    /** Sets how many jobs of a group may be active at once; null for as many as of any group. */
    public void limit(String group, Integer concurrency) {
        line.limit(group, concurrency);
    }

    /** All jobs there ever were, to look at. */
    public ModelJobs jobs() {
        return jobs;
    }

    /** The moments, from now on, at which something is due or ends. */
    public List<Long> ends(long now) {
        return Stream.of(jobs.living().map(job -> job.at), jobs.living().map(job -> job.startBy),
                jobs.in(Place.DEAD).map(job -> job.at + settings.deadMs()),
                jobs.in(Place.COMPLETED).map(job -> job.at + settings.completedMs()),
                windows.values().stream().map(Remembered::until),
                idempotent.values().stream().map(Remembered::until)).flatMap(s -> s)
                .filter(at -> at > now && at < Long.MAX_VALUE).distinct().sorted().toList();
    }
}
