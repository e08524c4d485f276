package dev.millrace.queue.reference;

import java.util.Locale;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.json.Timestamps;
import dev.millrace.queue.model.Backoff;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.NewJob;
import dev.millrace.queue.model.QueueSettings;

/** One job: what was asked for, and what became of it so far. Times in ms. */
public final class ModelJob {

    /** Where a job can be; it is in one place at a time. */
    public enum Place {
        WAITING,
        DELAYED,
        ACTIVE,
        DEAD,
        COMPLETED,
        /** No longer kept. */
        GONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public final String id;
    /** Data, type and retries are the newest ones that replaced the first. */
    public NewJob asked;
    String schedule;
    String scheduledFor;
    final int priority;
    final long enqueued;
    /** After which it is not started any more; the end of time if it does not say. */
    long startBy;
    /** Until which later ones may move its due time; the end of time if they may for ever. */
    long deadline = Long.MAX_VALUE;
    /** What is enqueued when it ends, or null. */
    Planned planned;
    Place place = Place.WAITING;
    /** When it is due, its lease ends, or it ended. */
    long at;
    /** How many jobs had ended before it did. */
    long endedAfter;
    int failures;
    int stalls;
    int deliveries;
    boolean cancelled;
    String error;
    JsonValue progress;
    JsonValue result;

    ModelJob(String id, NewJob asked, Long occurrence, long now) {
        this.id = id;
        this.asked = asked;
        this.schedule = occurrence == null ? null : "s";
        this.scheduledFor = occurrence == null ? null : Timestamps.format(occurrence);
        this.priority = asked.priority() == null ? 0 : asked.priority();
        this.enqueued = now;
        this.at = due(asked, now);
        if (asked.debounce() != null && asked.debounce().maxWait() != null) {
            this.deadline = now + asked.debounce().maxWait().toMillis();
        }
        this.startBy = asked.ttl() == null ? Long.MAX_VALUE : at + asked.ttl().toMillis();
    }

    /** A job that is enqueued when another ends; {@code due}: null if it is as asked. */
    record Planned(NewJob asked, Long occurrence, Long due, long deadline) {}

    /** The newest data in place of the first. */
    void replace(NewJob newest, Long occurrence) {
        asked = new NewJob(newest.type(), newest.data(), asked.priority(), asked.delay(), asked.runAt(),
                newest.maxAttempts(), newest.backoff(), asked.lease(), asked.uniqueKey(), asked.idempotencyKey(),
                asked.group(), asked.ttl(), asked.uniqueUntil(), asked.onDuplicate(), asked.debounce(),
                asked.throttle());
        schedule = occurrence == null ? null : "s";
        scheduledFor = occurrence == null ? null : Timestamps.format(occurrence);
    }

    /** Delays it anew. */
    void postpone(long now, long window) {
        long due = Math.min(now + window, deadline);
        startBy = startBy == Long.MAX_VALUE ? startBy : startBy + due - at;
        at = due;
    }

    private static long due(NewJob asked, long now) {
        if (asked.debounce() != null) {
            return now + asked.debounce().window().toMillis();
        }
        if (asked.runAt() != null) {
            return Math.max(now, Timestamps.parse("runAt", asked.runAt()));
        }
        return now + (asked.delay() == null ? 0 : asked.delay().toMillis());
    }

    public Place place() {
        return place;
    }

    /** The token of its present delivery. */
    public String token() {
        return id + '.' + deliveries;
    }

    public int deliveries() {
        return deliveries;
    }

    /** It stands for others with its unique key, and its group is held up by it. */
    public boolean lives() {
        return place == Place.WAITING || place == Place.DELAYED || place == Place.ACTIVE;
    }

    boolean mayStart(long now) {
        return deliveries > 0 || now <= startBy;
    }

    long lease(QueueSettings s) {
        return asked.lease() == null ? s.leaseMs() : asked.lease().toMillis();
    }

    int maxAttempts(QueueSettings s) {
        return asked.maxAttempts() == null ? s.maxAttempts() : asked.maxAttempts();
    }

    /** How long it waits after so many failures, by luck. */
    long backoff(QueueSettings s, double luck) {
        Backoff rule = asked.backoff() == null ? s.backoff() : asked.backoff();
        double wait = rule.delay().toMillis();
        if (rule.type() == Backoff.Type.EXPONENTIAL) {
            for (int i = 1; i < failures; i++) {
                wait *= 2;
            }
        }
        return (long) Math.floor(Math.min(wait, (double) rule.max().toMillis()) * (1 - rule.jitter() * luck));
    }

    private JsonValue data() {
        return asked.data() == null ? new JsonValue("null") : asked.data();
    }

    /** What a worker is told who is handed it. */
    public Job delivered(QueueSettings s) {
        return new Job(id, asked.type(), data(), null, priority, failures + 1, maxAttempts(s), stalls, token(),
                Timestamps.format(at), Timestamps.format(enqueued), null, null, asked.group(), null, null, null, null,
                null, schedule, scheduledFor);
    }

    /** What somebody is told who looks at it. */
    public Job seen(QueueSettings s) {
        boolean ended = place == Place.DEAD || place == Place.COMPLETED;
        return new Job(id, asked.type(), data(), place.toString(), priority,
                place == Place.DEAD ? failures : failures + 1, maxAttempts(s), stalls, null,
                place == Place.ACTIVE ? Timestamps.format(at) : null, Timestamps.format(enqueued),
                place == Place.DELAYED ? Timestamps.format(at) : null, ended ? Timestamps.format(at) : null,
                asked.group(), asked.uniqueKey(), error, progress, result,
                place == Place.ACTIVE && cancelled ? true : null, schedule, scheduledFor);
    }

    @Override
    public String toString() {
        return id + ' ' + place;
    }
}
