package dev.millrace.queue.model;

import java.time.Duration;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonIgnore;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A worker's report that an attempt at a job failed.
 *
 * @param leaseToken the token that the job was reserved with
 * @param error what went wrong, up to {@value #MAX_ERROR} characters; null for none
 * @param delay how long the job waits for its next attempt; null for its backoff
 * @param dead whether the job is dead at once; null for no
 * @param postponed whether the job goes back to the queue without the attempt being counted; only workers inside the service set it
 */
@RegisterForReflection
@Schema(name = "JobFailure")
public record JobFailure(@Schema(required = true) String id, @Schema(required = true) String leaseToken,
        @Schema(description = "What went wrong, up to 4096 characters", examples = "SMTP 451") @Nullable String error,
        @Schema(description = "How long the job waits for its next attempt, in place of its backoff", type = SchemaType.STRING, examples = "1m") @Nullable Duration delay,
        @Schema(description = "Whether the job is dead at once, without another attempt", defaultValue = "false") @Nullable Boolean dead,
        @JsonIgnore boolean postponed) {

    /** Maximum length of {@code error}, in characters. */
    public static final int MAX_ERROR = 4096;

    /** A failure after which the job is retried, if it has attempts left. {@code delay}: null for its backoff. */
    public static JobFailure retry(String id, String leaseToken, @Nullable String error,
            @Nullable Duration delay) {
        return new JobFailure(id, leaseToken, error, delay, null, false);
    }

    /** A failure after which the job is dead. */
    public static JobFailure dead(String id, String leaseToken, String error) {
        return new JobFailure(id, leaseToken, error, null, true, false);
    }

    /** Returns the job to the queue for {@code delay}; the attempt is not counted. */
    public static JobFailure postponed(String id, String leaseToken, @Nullable String error, Duration delay) {
        return new JobFailure(id, leaseToken, error, delay, null, true);
    }
}
