package dev.millrace.queue.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.queue.model.PushTarget;

/**
 * The receiver of a queue's jobs, without its secrets.
 *
 * @param secrets how many secrets there are
 */
@RegisterForReflection
@Schema(name = "QueuePushView")
public record PushView(
        @Schema(description = "Without its query, which may contain a secret", examples = "https://worker.example.com/jobs") String url,
        long timeoutMs, int concurrency,
        @Schema(description = "The number of secrets that sign each job", examples = "1") int secrets) {

    /** The view of a target. */
    public static PushView of(PushTarget target) {
        return new PushView(target.shownUrl(), target.timeoutMs(), target.concurrency(), target.secrets().size());
    }
}
