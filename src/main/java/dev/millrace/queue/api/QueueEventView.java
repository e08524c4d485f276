package dev.millrace.queue.api;

import java.util.Map;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

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
        @Schema(description = "job.enqueued, job.waiting, job.active, job.progress, job.completed, job.retrying, job.stalled, job.dead, job.cancelling, job.cancelled, job.expired, queue.paused or queue.resumed", examples = "job.completed") String type,
        @Schema(description = "Absent if the event is about the queue") String jobId, String at,
        @Schema(description = "Of job.retrying and job.dead") String error,
        @Schema(description = "Of job.retrying: how long the job waits") Long delayMs,
        @Schema(description = "Of job.progress") JsonValue progress,
        @Schema(description = "Of queue.paused") String reason) {

    static QueueEventView of(QueueEvent event) {
        Map<String, String> f = event.fields();
        return new QueueEventView(event.type(), f.get("id").isEmpty() ? null : f.get("id"),
                Timestamps.format(event.ms()), f.get("error"),
                f.containsKey("delay") ? Long.valueOf(f.get("delay")) : null,
                f.containsKey("progress") ? new JsonValue(f.get("progress")) : null, f.get("reason"));
    }
}
