package dev.millrace.queue.push;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.JsonValue;
import dev.millrace.queue.Job;
import dev.millrace.queue.QueueName;

/** A job as its receiver gets it: the body of a Standard Webhooks message. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "PushedJob")
record PushedJob(String queue, String id, String type, @JsonInclude(JsonInclude.Include.ALWAYS) JsonValue data,
        int priority, int attempt, int maxAttempts, int stalls, String enqueuedAt, String group, String schedule) {

    static PushedJob of(QueueName queue, Job job) {
        return new PushedJob(queue.queue(), job.id(), job.type(), job.data(), job.priority(), job.attempt(),
                job.maxAttempts(), job.stalls(), job.enqueuedAt(), job.group(), job.schedule());
    }

    /** The same for every attempt, so that a receiver knows a job it has had. */
    String messageId() {
        // The signature is over id.timestamp.body.
        return queue.replace('.', '-') + '_' + id;
    }
}
