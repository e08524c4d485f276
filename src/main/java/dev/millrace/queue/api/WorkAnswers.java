package dev.millrace.queue.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.EnqueuedJob;
import dev.millrace.queue.model.EnqueuedJobs;
import dev.millrace.queue.model.Job;

/**
 * Writes the responses to producers and workers. The JSON is the same as the records' annotations define. It is written
 * without reflection, which took a third of the CPU time per job.
 */
final class WorkAnswers {

    private static final int PER_JOB = 400;
    private static final int SMALL = 64;

    private static final SerializableString JOBS = new SerializedString("jobs");
    private static final SerializableString RESULTS = new SerializedString("results");
    private static final SerializableString ID = new SerializedString("id");
    private static final SerializableString STATUS = new SerializedString("status");
    private static final SerializableString TYPE = new SerializedString("type");
    private static final SerializableString DATA = new SerializedString("data");
    private static final SerializableString STATE = new SerializedString("state");
    private static final SerializableString PRIORITY = new SerializedString("priority");
    private static final SerializableString ATTEMPT = new SerializedString("attempt");
    private static final SerializableString MAX_ATTEMPTS = new SerializedString("maxAttempts");
    private static final SerializableString STALLS = new SerializedString("stalls");
    private static final SerializableString LEASE_TOKEN = new SerializedString("leaseToken");
    private static final SerializableString LEASE_EXPIRES_AT = new SerializedString("leaseExpiresAt");
    private static final SerializableString ENQUEUED_AT = new SerializedString("enqueuedAt");
    private static final SerializableString DUE_AT = new SerializedString("dueAt");
    private static final SerializableString FINISHED_AT = new SerializedString("finishedAt");
    private static final SerializableString GROUP = new SerializedString("group");
    private static final SerializableString UNIQUE_KEY = new SerializedString("uniqueKey");
    private static final SerializableString ERROR = new SerializedString("error");
    private static final SerializableString PROGRESS = new SerializedString("progress");
    private static final SerializableString RESULT = new SerializedString("result");
    private static final SerializableString CANCEL_REQUESTED = new SerializedString("cancelRequested");
    private static final SerializableString SCHEDULE = new SerializedString("schedule");
    private static final SerializableString SCHEDULED_FOR = new SerializedString("scheduledFor");
    private static final SerializableString DUPLICATE = new SerializedString("duplicate");

    private final JsonFactory json;

    WorkAnswers(JsonFactory json) {
        this.json = json;
    }

    /** @param answer an {@link EnqueuedJob}, {@link EnqueuedJobs}, {@link ReservedJobs} or {@link AnswerOutcomes} */
    byte[] bytes(Object answer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(size(answer));
        try (JsonGenerator out = json.createGenerator(bytes)) {
            if (answer instanceof EnqueuedJob one) {
                enqueued(out, one);
                return closed(out, bytes);
            }
            out.writeStartObject();
            if (answer instanceof EnqueuedJobs several) {
                array(out, JOBS, several.jobs(), WorkAnswers::enqueued);
            } else if (answer instanceof ReservedJobs reserved) {
                array(out, JOBS, reserved.jobs(), WorkAnswers::job);
            } else {
                AnswerOutcomes outcomes = (AnswerOutcomes) answer;
                array(out, RESULTS, outcomes.results(), WorkAnswers::outcome);
                if (outcomes.jobs() != null) {
                    array(out, JOBS, outcomes.jobs(), WorkAnswers::job);
                }
            }
            out.writeEndObject();
            return closed(out, bytes);
        }
    }

    /** An estimate of the size in bytes, so that the buffer need not grow. */
    private static int size(Object answer) {
        if (answer instanceof EnqueuedJobs several) {
            return SMALL * (1 + several.jobs().size());
        }
        if (answer instanceof ReservedJobs reserved) {
            return SMALL + PER_JOB * reserved.jobs().size();
        }
        if (answer instanceof AnswerOutcomes outcomes) {
            int jobs = outcomes.jobs() == null ? 0 : outcomes.jobs().size();
            return SMALL * (1 + outcomes.results().size()) + PER_JOB * jobs;
        }
        return SMALL;
    }

    private static byte[] closed(JsonGenerator out, ByteArrayOutputStream bytes) throws IOException {
        out.close();
        return bytes.toByteArray();
    }

    private interface Writer<T> {
        void write(JsonGenerator out, T item) throws IOException;
    }

    private static <T> void array(JsonGenerator out, SerializableString name, List<T> items, Writer<T> writer)
            throws IOException {
        out.writeFieldName(name);
        out.writeStartArray();
        for (T item : items) {
            writer.write(out, item);
        }
        out.writeEndArray();
    }

    private static void enqueued(JsonGenerator out, EnqueuedJob job) throws IOException {
        out.writeStartObject();
        orNull(out, ID, job.id());
        orNull(out, STATE, job.state());
        bool(out, DUPLICATE, job.duplicate());
        out.writeEndObject();
    }

    private static void outcome(JsonGenerator out, AnswerOutcome outcome) throws IOException {
        out.writeStartObject();
        string(out, ID, outcome.id());
        string(out, STATUS, outcome.status().toString());
        string(out, LEASE_EXPIRES_AT, outcome.leaseExpiresAt());
        bool(out, CANCEL_REQUESTED, outcome.cancelRequested());
        out.writeEndObject();
    }

    private static void job(JsonGenerator out, Job job) throws IOException {
        out.writeStartObject();
        string(out, ID, job.id());
        string(out, TYPE, job.type());
        out.writeFieldName(DATA);
        if (job.data() == null) {
            out.writeNull();
        } else {
            out.writeRawValue(job.data().text());
        }
        string(out, STATE, job.state());
        number(out, PRIORITY, job.priority());
        number(out, ATTEMPT, job.attempt());
        number(out, MAX_ATTEMPTS, job.maxAttempts());
        number(out, STALLS, job.stalls());
        string(out, LEASE_TOKEN, job.leaseToken());
        string(out, LEASE_EXPIRES_AT, job.leaseExpiresAt());
        string(out, ENQUEUED_AT, job.enqueuedAt());
        string(out, DUE_AT, job.dueAt());
        string(out, FINISHED_AT, job.finishedAt());
        string(out, GROUP, job.group());
        string(out, UNIQUE_KEY, job.uniqueKey());
        string(out, ERROR, job.error());
        raw(out, PROGRESS, job.progress());
        raw(out, RESULT, job.result());
        bool(out, CANCEL_REQUESTED, job.cancelRequested());
        string(out, SCHEDULE, job.schedule());
        string(out, SCHEDULED_FOR, job.scheduledFor());
        out.writeEndObject();
    }

    private static void string(JsonGenerator out, SerializableString name, @Nullable String value) throws IOException {
        if (value != null) {
            out.writeFieldName(name);
            out.writeString(value);
        }
    }

    private static void orNull(JsonGenerator out, SerializableString name, String value) throws IOException {
        out.writeFieldName(name);
        out.writeString(value);
    }

    private static void number(JsonGenerator out, SerializableString name, int value) throws IOException {
        out.writeFieldName(name);
        out.writeNumber(value);
    }

    private static void bool(JsonGenerator out, SerializableString name, @Nullable Boolean value) throws IOException {
        if (value != null) {
            out.writeFieldName(name);
            out.writeBoolean(value);
        }
    }

    private static void raw(JsonGenerator out, SerializableString name, @Nullable JsonValue value) throws IOException {
        if (value != null) {
            out.writeFieldName(name);
            out.writeRawValue(value.text());
        }
    }
}
