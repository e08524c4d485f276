package dev.millrace.queue.store;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.json.Timestamps;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.LeaseToken;
import dev.millrace.queue.model.QueueSettings;

/**
 * A job as Redis keeps it: the body, which never changes, and the state, which a job has only if it is not plain. Their shapes
 * are in {@code lua/queue/jobs.lua}.
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

    String id() {
        return id;
    }

    /** Which delivery of the job the last one was, from 1. */
    int deliveries() {
        return deliveries;
    }

    /**
     * What its worker is told.
     *
     * @param leaseExpiresAt as clients see it
     * @param enqueued writes the times of the jobs of one answer
     */
    public Job delivered(String leaseExpiresAt, Timestamps.Series enqueued, QueueSettings settings) {
        return new Job(id, type, new JsonValue(data), null, priority(), failures + 1, maxAttempts(settings), stalls,
                LeaseToken.of(id, deliveries), leaseExpiresAt, enqueued.format(enqueuedMs()), null, null, group(),
                null, null, null, null, null, option(head, " s"));
    }

    /** What somebody who looks is told. */
    public Job seen(String state, long atMs, String error, String progress, String result, QueueSettings settings) {
        boolean active = state.equals(Job.ACTIVE);
        boolean ended = state.equals(Job.DEAD) || state.equals(Job.COMPLETED);
        return new Job(id, type, new JsonValue(data), state, priority(),
                state.equals(Job.DEAD) ? failures : failures + 1, maxAttempts(settings), stalls, null,
                active ? Timestamps.format(atMs) : null, Timestamps.format(enqueuedMs()),
                state.equals(Job.DELAYED) ? Timestamps.format(atMs) : null, ended ? Timestamps.format(atMs) : null,
                group(), decoded(option(marks, " u")), error, json(progress), json(result),
                active && option(marks, " c") != null ? true : null, option(head, " s"));
    }

    private static JsonValue json(String text) {
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

    private String group() {
        return decoded(option(marks, " g"));
    }

    private static String option(String text, String mark) {
        int at = text.indexOf(mark);
        if (at < 0) {
            return null;
        }
        int end = text.indexOf(' ', at + mark.length());
        return text.substring(at + mark.length(), end < 0 ? text.length() : end);
    }

    /** Undoes {@code Keys.encode}. */
    private static String decoded(String encoded) {
        return encoded == null || encoded.indexOf('%') < 0
                ? encoded
                : URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
