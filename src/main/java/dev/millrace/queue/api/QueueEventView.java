package dev.millrace.queue.api;

import static java.util.Objects.requireNonNull;

import java.util.Map;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.json.Timestamps;
import dev.millrace.queue.model.QueueEvent;

/** The data of an event of a queue, as clients see it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "QueueEvent")
public record QueueEventView(
        @Schema(description = "job.enqueued, job.replaced, job.rerun, job.waiting, job.active, job.progress, job.completed, job.retrying, job.released, job.stalled, job.dead, job.cancelling, job.cancelled, job.expired, queue.paused or queue.resumed", examples = "job.completed") String type,
        @Schema(description = "Absent if the event is about the queue") @Nullable String jobId, String at,
        @Schema(description = "Of job.retrying and job.dead") @Nullable String error,
        @Schema(description = "Of job.retrying and job.released: how long the job waits") @Nullable Long delayMs,
        @Schema(description = "Of job.progress") @Nullable JsonValue progress,
        @Schema(description = "Of queue.paused") @Nullable String reason) {

    static QueueEventView of(QueueEvent event) {
        Map<String, String> f = event.fields();
        String id = requireNonNull(f.get("id"));
        String delay = f.get("delay");
        String progress = f.get("progress");
        return new QueueEventView(event.type(), id.isEmpty() ? null : id,
                Timestamps.format(event.ms()), f.get("error"),
                delay == null ? null : Long.valueOf(delay),
                progress == null ? null : new JsonValue(progress), f.get("reason"));
    }
}
