package dev.millrace.queue.store;

import org.jspecify.annotations.Nullable;

import dev.millrace.encoding.PercentEncoding;
import dev.millrace.http.json.JsonValue;
import dev.millrace.http.json.Timestamps;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.JobRelease;
import dev.millrace.queue.model.LeaseToken;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.OnDuplicate;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.model.UniqueUntil;
import dev.millrace.redis.Keys;

/**
 * A job as Redis stores it: the body, which never changes, and the state, which only a job that differs from a fresh one has.
 * {@code lua/queue/keys.lua} describes both formats.
 */
public final class StoredJob {

    private final String id;
    private final String head;
    private final String type;
    private final String data;
    private final String marks;
    private final int failures;
    private final int stalls;
    private final int deliveries;

    /** @param state empty for none */
    public StoredJob(String id, String body, String state) {
        this.id = id;
        int first = body.indexOf('\n');
        int second = body.indexOf('\n', first + 1);
        this.head = body.substring(0, first);
        this.type = body.substring(first + 1, second);
        this.data = body.substring(second + 1);
        if (state.isEmpty()) {
            failures = 0;
            stalls = 0;
            deliveries = 1;
            marks = "";
        } else {
            String[] parts = state.split(" ", 4);
            failures = Integer.parseInt(parts[0]);
            stalls = Integer.parseInt(parts[1]);
            deliveries = Integer.parseInt(parts[2]);
            marks = parts.length == 4 ? ' ' + parts[3] : "";
        }
    }

    /** Encodes the attributes of a new job as enqueue-1.lua reads them; empty if it has none. */
    public static String encodeAttributes(NewJob job) {
        if (job.priority() == null && job.delay() == null && job.runAt() == null && job.lease() == null
                && job.uniqueKey() == null
                && job.idempotencyKey() == null && job.group() == null && job.ttl() == null) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        append(out, " p", job.priority() == null || job.priority() == 0 ? null : job.priority());
        append(out, " d", job.delay() == null || job.delay().isZero() ? null : job.delay().toMillis());
        append(out, " D", job.runAt() == null ? null : Math.max(0, Timestamps.parse("runAt", job.runAt())));
        append(out, " l", job.lease() == null ? null : job.lease().toMillis());
        append(out, " t", job.ttl() == null ? null : job.ttl().toMillis());
        append(out, " u", job.uniqueKey() == null ? null : Keys.encode(job.uniqueKey()));
        append(out, " f", job.uniqueUntil() == UniqueUntil.STARTED ? 1 : null);
        append(out, " r", job.onDuplicate() == null || job.onDuplicate() == OnDuplicate.KEEP
                ? null
                : job.onDuplicate().toString());
        append(out, " w", job.debounce() == null || job.debounce().window() == null
                ? null
                : job.debounce().window().toMillis());
        append(out, " m", job.debounce() == null || job.debounce().maxWait() == null
                ? null
                : job.debounce().maxWait().toMillis());
        append(out, " h", job.throttle() == null ? null : job.throttle().toMillis());
        append(out, " i", job.idempotencyKey() == null ? null : Keys.encode(job.idempotencyKey()));
        append(out, " g", job.group() == null ? null : Keys.encode(job.group()));
        return out.toString();
    }

    /**
     * Encodes the end of the body of a new job, from its options on.
     *
     * @param schedule the schedule that the job is an occurrence of; null for none
     * @param scheduledForMs the occurrence, in ms since 1970
     */
    public static String encodeBody(NewJob job, @Nullable String schedule, long scheduledForMs) {
        StringBuilder out = new StringBuilder(64);
        append(out, " a", job.maxAttempts());
        append(out, " b", job.backoff() == null ? null : job.backoff().encode());
        append(out, " s", schedule);
        append(out, " o", schedule == null ? null : scheduledForMs);
        return out.append('\n').append(job.type()).append('\n').append(job.data() == null ? "null" : job.data().text())
                .toString();
    }

    private static void append(StringBuilder out, String mark, @Nullable Object value) {
        if (value != null) {
            out.append(mark).append(value);
        }
    }

    String id() {
        return id;
    }

    /** The report that gives the job back, of a delivery that did not reach its worker. */
    public JobRelease undelivered() {
        return new JobRelease(id, LeaseToken.of(id, deliveries), null);
    }

    /**
     * The job as the worker that reserved it sees it.
     *
     * @param leaseExpiresAt as an RFC 3339 time
     * @param enqueued formats the times of the jobs of one response
     */
    public Job delivered(String leaseExpiresAt, Timestamps.Series enqueued, QueueSettings settings) {
        return job().attempts(failures + 1, maxAttempts(settings), stalls)
                .leaseToken(LeaseToken.of(id, deliveries)).leaseExpiresAt(leaseExpiresAt)
                .enqueuedAt(enqueued.format(enqueuedMs())).build();
    }

    /**
     * The job as a client that peeks at it sees it.
     *
     * @param atMs due time, end of the lease, or end of the job, by its state
     * @param error, progress and result null for none
     */
    public Job seen(String state, long atMs, @Nullable String error, @Nullable String progress, @Nullable String result,
            QueueSettings settings) {
        Job.Builder job = job().state(state)
                .attempts(state.equals(Job.DEAD) ? failures : failures + 1, maxAttempts(settings), stalls)
                .enqueuedAt(Timestamps.format(enqueuedMs())).uniqueKey(decoded(option(marks, " u"))).error(error)
                .progress(json(progress)).result(json(result));
        return switch (state) {
            case Job.ACTIVE -> job.leaseExpiresAt(Timestamps.format(atMs))
                    .cancelRequested(option(marks, " c") == null ? null : true).build();
            case Job.DELAYED -> job.dueAt(Timestamps.format(atMs)).build();
            case Job.DEAD, Job.COMPLETED -> job.finishedAt(Timestamps.format(atMs)).build();
            default -> job.build();
        };
    }

    private Job.Builder job() {
        return Job.of(id, type, new JsonValue(data)).priority(priority()).group(group()).schedule(option(head, " s"))
                .scheduledFor(scheduledFor());
    }

    private @Nullable String scheduledFor() {
        String ms = option(head, " o");
        return ms == null ? null : Timestamps.format(Long.parseLong(ms));
    }

    private static @Nullable JsonValue json(@Nullable String text) {
        return text == null ? null : new JsonValue(text);
    }

    private int priority() {
        int from = head.indexOf(' ') + 1;
        int to = head.indexOf(' ', from);
        return Integer.parseInt(head.substring(from, to < 0 ? head.length() : to));
    }

    private long enqueuedMs() {
        return Long.parseLong(head, 0, head.indexOf(' '), 10);
    }

    private int maxAttempts(QueueSettings settings) {
        String own = option(head, " a");
        return own == null ? settings.maxAttempts() : Integer.parseInt(own);
    }

    private @Nullable String group() {
        return decoded(option(marks, " g"));
    }

    private static @Nullable String option(String text, String mark) {
        int at = text.indexOf(mark);
        if (at < 0) {
            return null;
        }
        int end = text.indexOf(' ', at + mark.length());
        return text.substring(at + mark.length(), end < 0 ? text.length() : end);
    }

    /** Decodes what {@code Keys.encode} encoded. */
    private static @Nullable String decoded(@Nullable String encoded) {
        return encoded == null ? null : PercentEncoding.decode(encoded);
    }
}
