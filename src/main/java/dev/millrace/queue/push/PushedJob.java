package dev.millrace.queue.push;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.encoding.Digests;
import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.QueueName;

/** A job as its receiver gets it: the body of a Standard Webhooks message. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "PushedJob")
record PushedJob(String queue, String id, String type,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable JsonValue data,
        int priority, int attempt, int maxAttempts, int stalls, @Nullable String enqueuedAt, @Nullable String group,
        @Nullable String schedule, @Nullable String scheduledFor) {

    static PushedJob of(QueueName queue, Job job) {
        return new PushedJob(queue.queue(), job.id(), job.type(), job.data(), job.priority(), job.attempt(),
                job.maxAttempts(), job.stalls(), job.enqueuedAt(), job.group(), job.schedule(), job.scheduledFor());
    }

    /**
     * The id of a job's message. It is the same for every attempt, and differs between jobs of all queues and tenants, so
     * that receivers recognize duplicates. It does not reveal the tenant.
     */
    static String messageId(QueueName queue, String id) {
        // Neither name contains a slash. The id contains no full stop: the signature is over id.timestamp.body.
        return id + '_' + Digests.base64url(Digests.sha256(queue.tenant() + '/' + queue.queue()), 16);
    }
}
