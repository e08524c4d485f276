package dev.millrace.queue.model;

import java.util.regex.Pattern;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonValue;

/**
 * A job as clients see it. Absent fields do not apply.
 *
 * @param attempt number of the present attempt, or of the next one, from 1
 * @param stalls how often its lease expired
 * @param leaseToken the token that the worker that reserved the job must send with its reports
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Job")
public record Job(@Schema(examples = "5984639761701") String id, @Schema(examples = "email.welcome") String type,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable JsonValue data,
        @Schema(description = "waiting, delayed, active, dead or completed; absent in the response to a reserve", examples = "waiting") @Nullable String state,
        int priority, int attempt, int maxAttempts, int stalls,
        @Schema(description = "Only in the response to the worker that reserved the job", examples = "5984639761701.1") @Nullable String leaseToken,
        @Nullable String leaseExpiresAt, @Nullable String enqueuedAt,
        @Schema(description = "When a delayed job is due") @Nullable String dueAt,
        @Schema(description = "When the job was completed or died") @Nullable String finishedAt, @Nullable String group,
        @Nullable String uniqueKey,
        @Schema(description = "The error of the last failure") @Nullable String error, @Nullable JsonValue progress,
        @Nullable JsonValue result,
        @Schema(description = "A client asked to cancel the job: its worker should give it up") @Nullable Boolean cancelRequested,
        @Schema(description = "The schedule that enqueued the job") @Nullable String schedule,
        @Schema(description = "The occurrence of that schedule, which is earlier than `enqueuedAt` if it was missed", examples = "2026-12-24T06:30:00.000Z") @Nullable String scheduledFor) {

    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,14}");

    /** Ready, or behind the head of its group. */
    public static final String WAITING = "waiting";
    /** Due later, or waiting for its next attempt. */
    public static final String DELAYED = "delayed";
    /** Reserved by a worker. */
    public static final String ACTIVE = "active";
    /** Failed for good, and kept for a while. */
    public static final String DEAD = "dead";
    /** Done, and kept for a while if the queue keeps completed jobs. */
    public static final String COMPLETED = "completed";

    /** Whether a text may be the id of a job. */
    public static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /**
     * A builder of a job; what is not set is absent, or 0.
     *
     * @param data null for none
     */
    public static Builder of(String id, String type, @Nullable JsonValue data) {
        return new Builder(id, type, data);
    }

    /** Builds a job field by field. Null leaves a field absent. */
    public static final class Builder {

        private final String id;
        private final String type;
        private final @Nullable JsonValue data;
        private @Nullable String state;
        private int priority;
        private int attempt;
        private int maxAttempts;
        private int stalls;
        private @Nullable String leaseToken;
        private @Nullable String leaseExpiresAt;
        private @Nullable String enqueuedAt;
        private @Nullable String dueAt;
        private @Nullable String finishedAt;
        private @Nullable String group;
        private @Nullable String uniqueKey;
        private @Nullable String error;
        private @Nullable JsonValue progress;
        private @Nullable JsonValue result;
        private @Nullable Boolean cancelRequested;
        private @Nullable String schedule;
        private @Nullable String scheduledFor;

        private Builder(String id, String type, @Nullable JsonValue data) {
            this.id = id;
            this.type = type;
            this.data = data;
        }

        /** Sets the state. */
        public Builder state(@Nullable String state) {
            this.state = state;
            return this;
        }

        /** Sets the priority. */
        public Builder priority(int priority) {
            this.priority = priority;
            return this;
        }

        /** Sets the number of the attempt, how many there may be, and how many leases expired. */
        public Builder attempts(int attempt, int maxAttempts, int stalls) {
            this.attempt = attempt;
            this.maxAttempts = maxAttempts;
            this.stalls = stalls;
            return this;
        }

        /** Sets the token of the lease, which only the worker that reserved the job is shown. */
        public Builder leaseToken(@Nullable String leaseToken) {
            this.leaseToken = leaseToken;
            return this;
        }

        /** Sets when the lease expires, as an RFC 3339 time. */
        public Builder leaseExpiresAt(@Nullable String leaseExpiresAt) {
            this.leaseExpiresAt = leaseExpiresAt;
            return this;
        }

        /** Sets when the job was enqueued, as an RFC 3339 time. */
        public Builder enqueuedAt(@Nullable String enqueuedAt) {
            this.enqueuedAt = enqueuedAt;
            return this;
        }

        /** Sets when a delayed job is due, as an RFC 3339 time. */
        public Builder dueAt(@Nullable String dueAt) {
            this.dueAt = dueAt;
            return this;
        }

        /** Sets when the job was completed or died, as an RFC 3339 time. */
        public Builder finishedAt(@Nullable String finishedAt) {
            this.finishedAt = finishedAt;
            return this;
        }

        /** Sets the group. */
        public Builder group(@Nullable String group) {
            this.group = group;
            return this;
        }

        /** Sets the unique key. */
        public Builder uniqueKey(@Nullable String uniqueKey) {
            this.uniqueKey = uniqueKey;
            return this;
        }

        /** Sets the error of the last failure. */
        public Builder error(@Nullable String error) {
            this.error = error;
            return this;
        }

        /** Sets how far the worker is. */
        public Builder progress(@Nullable JsonValue progress) {
            this.progress = progress;
            return this;
        }

        /** Sets the result of a completed job. */
        public Builder result(@Nullable JsonValue result) {
            this.result = result;
            return this;
        }

        /** Sets whether a client asked to cancel the job. */
        public Builder cancelRequested(@Nullable Boolean cancelRequested) {
            this.cancelRequested = cancelRequested;
            return this;
        }

        /** Sets the schedule that enqueued the job. */
        public Builder schedule(@Nullable String schedule) {
            this.schedule = schedule;
            return this;
        }

        /** Sets the occurrence of the schedule that enqueued the job, as an RFC 3339 time. */
        public Builder scheduledFor(@Nullable String scheduledFor) {
            this.scheduledFor = scheduledFor;
            return this;
        }

        /** The job. */
        public Job build() {
            return new Job(id, type, data, state, priority, attempt, maxAttempts, stalls, leaseToken, leaseExpiresAt,
                    enqueuedAt, dueAt, finishedAt, group, uniqueKey, error, progress, result, cancelRequested,
                    schedule, scheduledFor);
        }
    }
}
