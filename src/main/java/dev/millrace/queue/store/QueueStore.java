package dev.millrace.queue.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.ExtendedLease;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobFailure;
import dev.millrace.queue.model.JobRelease;
import dev.millrace.queue.model.JobResult;
import dev.millrace.queue.model.JobStatus;
import dev.millrace.queue.model.LeaseExtension;
import dev.millrace.queue.model.LeaseToken;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.redis.ReplicatedScripts;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/** Producers' and workers' operations on jobs in Redis, one script each. All keys of a queue share a slot. */
@Singleton
public class QueueStore {

    /** In place of a version of settings: whatever it is. */
    private static final String ANY_VERSION = "*";
    private static final String IDEMPOTENCY_MS = "86400000";
    private static final ReplyCodes<AnswerCode> ANSWERS = ReplyCodes.of(AnswerCode.class);
    private static final ReplyCodes<ConfigureOutcome> CONFIGURE_OUTCOMES = ReplyCodes.of(ConfigureOutcome.class);
    private static final ReplyCodes<EnqueueMark> MARKS = ReplyCodes.of(EnqueueMark.class);

    private final ScriptRunner scripts;
    private final ReplicatedScripts replicated;
    private final Script enqueue;
    private final Script reserve;
    private final Script complete;
    private final Script fail;
    private final Script extend;
    private final Script configure;
    private final Script regroup;
    private final Script release;

    QueueStore(ScriptRunner scripts, ReplicatedScripts replicated) {
        this.scripts = scripts;
        this.replicated = replicated;
        this.enqueue = scripts.get("queue/enqueue-1");
        this.reserve = scripts.get("queue/reserve-1");
        this.complete = scripts.get("queue/complete-1");
        this.fail = scripts.get("queue/fail-1");
        this.extend = scripts.get("queue/extend-1");
        this.configure = scripts.get("queue/configure-1");
        this.regroup = scripts.get("queue/regroup-1");
        this.release = scripts.get("queue/release-1");
    }

    /** Whether jobs can be enqueued with the durability {@code replicated}: not in a cluster. */
    public boolean canReplicate() {
        return replicated.areSupported();
    }

    /**
     * Notes the version of a queue's settings, and applies the limits of its groups, in steps. Returns whether it did.
     *
     * @param seen the version that is noted now, or nothing changes; null for any
     */
    public Uni<Boolean> configure(QueueName queue, QueueSettings settings, @Nullable String seen) {
        return note(queue, settings, seen).flatMap(outcome -> switch (outcome) {
            case NOTED -> Uni.createFrom().item(true);
            case OTHER -> Uni.createFrom().item(false);
            case UNFINISHED -> regroup(queue).replaceWith(true);
            case BUSY -> regroup(queue).chain(() -> configure(queue, settings, seen));
        });
    }

    /** As {@link #configure}, without the groups. */
    Uni<ConfigureOutcome> note(QueueName queue, QueueSettings settings, @Nullable String seen) {
        return run(queue, configure, List.of(settings.version(), seen == null ? ANY_VERSION : seen,
                settings.interval() + " " + settings.rateLimit(), settings.groups())).map(CONFIGURE_OUTCOMES::read);
    }

    /** Applies changed limits to the groups of a queue. Each step is a bounded number of groups. */
    private Uni<Void> regroup(QueueName queue) {
        return Uni.createFrom().deferred(() -> regroupSome(queue)).repeat().until(more -> !more).onItem()
                .ignoreAsUni();
    }

    /** Applies changed limits to some groups of a queue; returns whether there are more. */
    Uni<Boolean> regroupSome(QueueName queue) {
        return run(queue, regroup, List.of()).map(ReplyCodes::flag);
    }

    /** Enqueues jobs, in order, all or none. */
    public Uni<EnqueueReply> enqueue(QueueName queue, List<NewJob> jobs, QueueSettings s) {
        List<String> args = new ArrayList<>(2 + 2 * jobs.size());
        args.add(IDEMPOTENCY_MS);
        args.add("");
        for (NewJob job : jobs) {
            args.add(StoredJob.encodeAttributes(job));
            args.add(StoredJob.encodeBody(job, null, 0));
        }
        Uni<Response> run = s.replicated() ? replicated.run(enqueue, keys(queue), args) : run(queue, enqueue, args);
        return run.map(reply -> enqueued(reply, jobs.size()));
    }

    /**
     * Enqueues the jobs of occurrences of a schedule, and stores the next occurrence. Does nothing if another replica did.
     *
     * @param at the occurrence that is stored as the next one, in ms since 1970
     * @param next the occurrence to store, in ms since 1970; -1 for none
     * @param occurrences those to enqueue the job for, in ms since 1970
     */
    public Uni<EnqueueReply> fire(QueueName queue, String schedule, long at, long next, NewJob job,
            List<Long> occurrences) {
        List<String> args = new ArrayList<>(2 + 2 * occurrences.size());
        args.add(IDEMPOTENCY_MS);
        args.add(at + " " + next + ' ' + schedule);
        for (long occurrence : occurrences) {
            args.add(StoredJob.encodeAttributes(job));
            args.add(StoredJob.encodeBody(job, schedule, occurrence));
        }
        // An occurrence need not wait for a replica of Redis: a failover that loses its job also loses the claim, so it
        // fires again.
        return run(queue, enqueue, args).map(reply -> enqueued(reply, occurrences.size()));
    }

    private static EnqueueReply enqueued(Response reply, int jobs) {
        if (reply.size() == 0) {
            return new EnqueueReply(List.of(), false);
        }
        long first = reply.get(0).toLong();
        String marks = reply.get(1).toString();
        List<EnqueuedJob> enqueued = new ArrayList<>(jobs);
        int duplicate = 3;
        for (int i = 0; i < jobs; i++) {
            enqueued.add(switch (marks.isEmpty() ? EnqueueMark.WAITING : MARKS.read(marks.charAt(i) - '0')) {
                case WAITING -> new EnqueuedJob(Long.toString(first + i), Job.WAITING, false);
                case DELAYED -> new EnqueuedJob(Long.toString(first + i), Job.DELAYED, false);
                case DUPLICATE -> new EnqueuedJob(reply.get(duplicate++).toString(),
                        StoredState.of(reply.get(duplicate++)), true);
            });
        }
        return new EnqueueReply(enqueued, ReplyCodes.flag(reply.get(2)));
    }

    /**
     * Reserves jobs.
     *
     * @param reservations one for each request, in order
     * @param waiting whether a request waits if there are too few jobs
     * @param checked whether to hand out nothing if the queue's settings are others
     */
    public Uni<ReserveReply> reserve(QueueName queue, List<Reservation> reservations, boolean waiting, QueueSettings s,
            boolean checked) {
        List<String> args = new ArrayList<>(7 + 2 * reservations.size());
        args.add(Integer.toString(s.concurrency()));
        args.add(s.interval());
        args.add(Integer.toString(s.rateLimit()));
        args.add(Integer.toString(s.maxStalls()));
        args.add(waiting ? "1" : "0");
        args.add(checked ? s.version() : ANY_VERSION);
        for (Reservation r : reservations) {
            args.add(Integer.toString(r.max()));
            args.add(Long.toString(r.leaseMs()));
        }
        args.add(Long.toString(s.leaseMs()));
        return run(queue, reserve, args).map(QueueStore::handed);
    }

    private static ReserveReply handed(Response reply) {
        if (reply.size() == 1) {
            return new ReserveReply(List.of(), List.of(), 0, reply.get(0).toString());
        }
        long now = reply.get(0).toLong();
        long next = reply.get(1).toLong();
        int jobs = reply.get(2).toInteger();
        String[] states = new String[jobs];
        Arrays.fill(states, "");
        List<Long> ends = new ArrayList<>(jobs);
        if (jobs > 0) {
            ends.addAll(Collections.nCopies(jobs, reply.get(3).toLong()));
        }
        for (int i = 4 + 2 * jobs; i < reply.size(); i += 3) {
            int place = reply.get(i).toInteger() - 1;
            ends.set(place, reply.get(i + 1).toLong());
            states[place] = reply.get(i + 2).toString();
        }
        List<StoredJob> stored = new ArrayList<>(jobs);
        for (int i = 0; i < jobs; i++) {
            stored.add(new StoredJob(reply.get(4 + 2 * i).toString(), reply.get(5 + 2 * i).toString(), states[i]));
        }
        return new ReserveReply(stored, ends, next == 0 ? -1 : next < 0 ? 0 : Math.max(1, next - now),
                null);
    }

    /** Completes jobs; returns the status of each report, in order. */
    public Uni<List<JobStatus>> complete(QueueName queue, List<JobResult> results, QueueSettings s) {
        List<String> args = new ArrayList<>(2 + 3 * results.size());
        List<String> deliveries = new ArrayList<>(results.size());
        boolean plain = true;
        for (JobResult r : results) {
            String delivery = LeaseToken.delivery(r.id(), r.leaseToken());
            deliveries.add(delivery);
            plain &= r.result() == null && delivery.equals("1");
        }
        args.add(Long.toString(s.completedMs()));
        args.add(plain ? "1" : "3");
        for (int i = 0; i < results.size(); i++) {
            JobResult r = results.get(i);
            args.add(r.id());
            if (!plain) {
                args.add(deliveries.get(i));
                args.add(r.result() == null ? "" : r.result().text());
            }
        }
        return run(queue, complete, args).map(reply -> reply.size() == 0
                ? Collections.nCopies(results.size(), JobStatus.COMPLETED)
                : statuses(reply));
    }

    /** Fails jobs; returns the status of each report, in order. */
    public Uni<List<JobStatus>> fail(QueueName queue, List<JobFailure> failures, QueueSettings s) {
        return fail(queue, failures, s, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** {@code random}: gives numbers from 0 to 1, exclusive, for the jitter. */
    Uni<List<JobStatus>> fail(QueueName queue, List<JobFailure> failures, QueueSettings s, DoubleSupplier random) {
        List<String> args = new ArrayList<>(2 + 6 * failures.size());
        args.add(Integer.toString(s.maxAttempts()));
        args.add(s.backoff().encode());
        for (JobFailure f : failures) {
            args.add(f.id());
            args.add(LeaseToken.delivery(f.id(), f.leaseToken()));
            args.add(f.error() == null ? "" : f.error());
            args.add(f.delay() == null ? "-1" : Long.toString(f.delay().toMillis()));
            args.add(f.postponed() ? "2" : Boolean.TRUE.equals(f.dead()) ? "1" : "0");
            args.add(String.format(Locale.ROOT, "%.6f", random.getAsDouble()));
        }
        return run(queue, fail, args).map(QueueStore::statuses);
    }

    /** Extends leases; returns the outcome of each, in order. */
    public Uni<List<ExtendedLease>> extend(QueueName queue, List<LeaseExtension> leases, QueueSettings s) {
        List<String> args = new ArrayList<>(1 + 4 * leases.size());
        args.add(Long.toString(s.leaseMs()));
        for (LeaseExtension e : leases) {
            args.add(e.id());
            args.add(LeaseToken.delivery(e.id(), e.leaseToken()));
            args.add(e.lease() == null ? "0" : Long.toString(e.lease().toMillis()));
            args.add(e.progress() == null ? "" : e.progress().text());
        }
        return run(queue, extend, args).map(reply -> {
            List<ExtendedLease> extended = new ArrayList<>(leases.size());
            for (int i = 0; i < reply.size(); i += 2) {
                AnswerCode code = ANSWERS.read(reply.get(i));
                extended.add(new ExtendedLease(code.status(), reply.get(i + 1).toLong(),
                        code == AnswerCode.CANCEL_REQUESTED));
            }
            return extended;
        });
    }

    /** Gives jobs back; returns the status of each report, in order. Jobs without a delay keep this order at the front. */
    public Uni<List<JobStatus>> release(QueueName queue, List<JobRelease> leases) {
        List<String> args = new ArrayList<>(3 * leases.size());
        for (JobRelease r : leases) {
            args.add(r.id());
            args.add(LeaseToken.delivery(r.id(), r.leaseToken()));
            args.add(r.delay() == null ? "0" : Long.toString(r.delay().toMillis()));
        }
        return run(queue, release, args).map(QueueStore::statuses);
    }

    private static List<JobStatus> statuses(Response reply) {
        List<JobStatus> statuses = new ArrayList<>(reply.size());
        reply.forEach(code -> statuses.add(ANSWERS.read(code).status()));
        return statuses;
    }

    private Uni<Response> run(QueueName queue, Script script, List<String> args) {
        return scripts.run(script, keys(queue), args);
    }

    private static List<String> keys(QueueName queue) {
        return List.of(queue.metaKey());
    }
}
