package dev.millrace.queue.push;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonValue;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.QueueName;

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

    /**
     * Of the message: the same for every attempt of a job, and of no other job of any queue or tenant, so that a receiver knows a
     * job it has had. It does not tell the tenant.
     */
    static String messageId(QueueName queue, String id) {
        // Neither name has a slash in it. No full stops: the signature is over id.timestamp.body.
        byte[] name = (queue.tenant() + '/' + queue.queue()).getBytes(StandardCharsets.US_ASCII);
        byte[] digest = Arrays.copyOf(sha256().digest(name), 16);
        return id + '_' + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
