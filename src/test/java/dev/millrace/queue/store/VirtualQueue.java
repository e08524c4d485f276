package dev.millrace.queue.store;

import static dev.millrace.redis.VirtualRedis.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.millrace.http.json.Timestamps;
import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.GroupSnapshot;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobRelease;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueEvent;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.schedule.VirtualSchedules;
import dev.millrace.queue.store.WholeQueueStore.DrainStep;
import dev.millrace.queue.store.WholeQueueStore.RedriveStep;
import dev.millrace.queue.store.WholeQueueStore.Sweep;
import dev.millrace.redis.VirtualRedis;
import dev.millrace.settings.PutResult;

/** The stores of one queue on the virtual Redis, with settings that are given once. */
public final class VirtualQueue {

    private static final QueueName QUEUE = new QueueName("main", "jobs");
    public static final String META = QUEUE.metaKey();
    public static final String PREFIX = META.substring(0, META.length() - "meta".length());

    /** Jobs that were handed out; {@code next}: ms since 1970 at which there may be more, 0 if unknown, -1 at once. */
    public record Handed(List<Job> jobs, long next) {}

    private final VirtualRedis redis;
    private final QueueSettings settings;
    private final QueueStore queues;
    private final JobStore jobs;
    private final WholeQueueStore whole;
    private final QueueIndexStore index;
    private final QueueEventStore events;
    private final VirtualSchedules schedules;
    private final GroupStore groups;

    public VirtualQueue(VirtualRedis redis, QueueSettings settings) {
        this.redis = redis;
        this.settings = settings;
        this.queues = new QueueStore(redis, null);
        this.jobs = new JobStore(redis);
        this.whole = new WholeQueueStore(redis);
        this.index = new QueueIndexStore(redis.dataSource(), redis);
        this.events = new QueueEventStore(redis);
        this.groups = new GroupStore(redis);
        this.schedules = new VirtualSchedules(redis, QUEUE);
    }

    /** The present moment in ms. */
    public long now() {
        return redis.ms();
    }

    public List<EnqueuedJob> enqueue(List<NewJob> newJobs) {
        return await(queues.enqueue(QUEUE, newJobs, settings)).jobs();
    }

    /** Enqueues jobs; says whether they are the first ones of the queue. */
    public boolean enqueuedFirst(List<NewJob> newJobs) {
        return await(queues.enqueue(QUEUE, newJobs, settings)).first();
    }

    /** Enqueues the job of an occurrence of a schedule; empty if that was done before. */
    public List<EnqueuedJob> fire(String schedule, long at, long next, NewJob job) {
        return await(queues.fire(QUEUE, schedule, at, next, job, List.of(at))).jobs();
    }

    /** Sets the limits of a group; null removes them. */
    public PutResult limit(String group, GroupDefinition limits, int max) {
        return await(groups.put(QUEUE, group, limits, max));
    }

    public GroupSnapshot group(String group) {
        return await(groups.get(QUEUE, group, settings));
    }

    /** The groups with limits of their own after one; null for the first ones. */
    public List<GroupSnapshot> groups(String after, int limit) {
        return await(groups.page(QUEUE, after, limit, settings));
    }

    public Handed reserve(List<Reservation> wanted, boolean waiting) {
        ReserveReply reply = await(queues.reserve(QUEUE, wanted, waiting, settings, false));
        List<Job> handed = new ArrayList<>();
        for (int i = 0; i < reply.jobs().size(); i++) {
            handed.add(reply.jobs().get(i).delivered(Timestamps.format(reply.leaseEnds().get(i)),
                    new Timestamps.Series(), settings));
        }
        long next = reply.nextInMs();
        return new Handed(handed, next < 0 ? 0 : next == 0 ? -1 : now() + next);
    }

    /** As above, but of no settings other than those that were noted; the version of those if they are. */
    public String reserveChecked() {
        return await(queues.reserve(QUEUE, List.of(new Reservation(1, 0)), true, settings, true)).otherVersion();
    }

    /** Notes the version of the settings, if the one that is noted was seen; null for any. Says whether it did. */
    public boolean configure(String seen) {
        return await(queues.configure(QUEUE, settings, seen));
    }

    /** Notes the settings, without applying them to groups; says what became of it. */
    public String note() {
        return await(queues.note(QUEUE, settings, null)).toString();
    }

    /** Applies changed limits to some groups; says whether there are more. */
    public boolean regroupSome() {
        return await(queues.regroupSome(QUEUE));
    }

    public List<JobStatus> complete(List<JobResult> results) {
        return await(queues.complete(QUEUE, results, settings));
    }

    /** {@code luck}: below 1, for the jitter. */
    public List<JobStatus> fail(List<JobFailure> failures, double luck) {
        return await(queues.fail(QUEUE, failures, settings, () -> luck));
    }

    public List<ExtendedLease> extend(List<LeaseExtension> leases) {
        return await(queues.extend(QUEUE, leases, settings));
    }

    /** Gives deliveries back, by their tokens. */
    public List<JobStatus> release(List<String> tokens) {
        return release(tokens, null);
    }

    /** {@code delay}: null for none. */
    public List<JobStatus> release(List<String> tokens, Duration delay) {
        return await(queues.release(QUEUE, tokens.stream()
                .map(token -> new JobRelease(token.substring(0, token.indexOf('.')), token, delay)).toList()));
    }

    public CancelOutcome cancel(String id) {
        return await(jobs.cancel(QUEUE, id));
    }

    public RetryOutcome retry(String id) {
        return await(jobs.retry(QUEUE, id));
    }

    /** Removes all that wait or are delayed, so many per call; says how many. {@code meanwhile} is done after the first call. */
    public long drain(int most, Runnable meanwhile) {
        return drain(most, meanwhile, () -> {});
    }

    /** As above; says how many each call removed. */
    public List<Long> drainByCalls(int most) {
        List<Long> removed = new ArrayList<>();
        DrainStep step = DrainStep.FIRST;
        while (!step.isLast()) {
            step = await(whole.drain(QUEUE, most, step));
            removed.add(step.removed());
        }
        return removed;
    }

    /** {@code always} is done after each other call. */
    public long drain(int most, Runnable meanwhile, Runnable always) {
        DrainStep step = await(whole.drain(QUEUE, most, DrainStep.FIRST));
        meanwhile.run();
        long sum = step.removed();
        for (int calls = 1; !step.isLast(); calls++) {
            if (calls == 1000) {
                throw new AssertionError("it goes on for ever");
            }
            step = await(whole.drain(QUEUE, most, step));
            sum += step.removed();
            always.run();
        }
        return sum;
    }

    /** Makes the dead ready, so many per call; says how many. */
    public long redrive(int most) {
        return redrive(most, () -> {});
    }

    /** {@code always} is done after each call but the last. */
    public long redrive(int most, Runnable always) {
        long sum = 0;
        RedriveStep step = await(whole.redrive(QUEUE, most, RedriveStep.FIRST));
        for (int calls = 1; !step.last(); calls++) {
            if (calls == 1000) {
                throw new AssertionError("it goes on for ever");
            }
            sum += step.moved();
            always.run();
            step = await(whole.redrive(QUEUE, most, step));
        }
        return sum;
    }

    public void pause(String why) {
        await(whole.pause(QUEUE, why));
    }

    /** Removes the queue if it has been unused for so long; says whether it did. */
    public boolean removeIdle(long afterMs) {
        return await(whole.removeIdle(QUEUE, afterMs));
    }

    /** Does what time asks for. */
    public Sweep sweep(int most) {
        return await(whole.sweep(QUEUE, settings, settings.completedMs(), most));
    }

    /** The jobs as those see them who look; null for one that is not there. */
    public List<Job> peek(List<String> ids) {
        return await(jobs.peek(QUEUE, ids, settings));
    }

    /** The ids that are listed under a state, so many per page. */
    public List<String> list(String state, int limit) {
        List<String> ids = new ArrayList<>();
        String position = "";
        do {
            JobIds page = await(jobs.list(QUEUE, state, position, limit));
            ids.addAll(page.ids());
            position = page.next();
        } while (!position.isEmpty());
        return ids;
    }

    /** Sets when a schedule is due next; null removes it. */
    public void schedule(String name, Long next) {
        schedules.set(name, next);
    }

    /** One page of the jobs in a state; {@code position} is empty for the first one. */
    public JobIds page(String state, String position, int limit) {
        return await(jobs.list(QUEUE, state, position, limit));
    }

    /** Removes the queue, so many jobs per call; says how many calls it took. */
    public int remove(int most) {
        int calls = 1;
        while (await(whole.remove(QUEUE, most))) {
            if (++calls == 1000) {
                throw new AssertionError("it goes on for ever");
            }
        }
        return calls;
    }

    /** Notes that the tenant uses a queue of that name; false if it has {@code max} others. */
    public boolean register(String name, int max) {
        return await(index.add(new QueueName(QUEUE.tenant(), name), max));
    }

    /** The queues that the tenant is known to use. */
    public Set<String> names() {
        return await(index.names(QUEUE.tenant()));
    }

    /** The position of the newest event. From now on, and for a while, events are kept. */
    public String listen() {
        return await(events.position(QUEUE, 1));
    }

    /** The events after a position, oldest first. */
    public List<QueueEvent> events(String after, int limit) {
        return await(events.read(QUEUE, after, limit));
    }

    /** Has the next ids begin after those that a failover may have lost. */
    public boolean renumber() {
        return await(index.renumber(QUEUE));
    }
}
