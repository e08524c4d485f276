package dev.millrace.queue.model;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonValue;

/**
 * A job as clients see it; what does not apply is absent.
 *
 * @param attempt the number of this attempt, or of the next one, from 1
 * @param stalls how often its lease ended without an answer
 * @param leaseToken what the worker who was handed the job must show
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Job")
public record Job(@Schema(examples = "5984639761701") String id, @Schema(examples = "email.welcome") String type,
        @JsonInclude(JsonInclude.Include.ALWAYS) JsonValue data,
        @Schema(description = "waiting, delayed, active, dead or completed; absent where it was just handed out", examples = "waiting") String state,
        int priority, int attempt, int maxAttempts, int stalls,
        @Schema(description = "Shown to the worker who was handed the job", examples = "5984639761701.1") String leaseToken,
        String leaseExpiresAt, String enqueuedAt, @Schema(description = "When a delayed job is due") String dueAt,
        @Schema(description = "When it was completed, or died") String finishedAt, String group, String uniqueKey,
        @Schema(description = "What the last failure said") String error, JsonValue progress, JsonValue result,
        @Schema(description = "Somebody wants it cancelled; its worker should give it up") Boolean cancelRequested,
        @Schema(description = "The schedule that enqueued it") String schedule) {

    public static final String WAITING = "waiting";
    public static final String DELAYED = "delayed";
    public static final String ACTIVE = "active";
    public static final String DEAD = "dead";
    public static final String COMPLETED = "completed";
}
