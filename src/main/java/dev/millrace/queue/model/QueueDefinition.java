package dev.millrace.queue.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.Violation;

/** A queue's settings as they are written down: in a request, and in Redis. What is absent takes its default. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "QueueSettings")
public record QueueDefinition(
        @Schema(description = "Jobs that may be worked at once, over all workers; 1 to 100,000; default any number", examples = "20") Integer concurrency,
        @Schema(description = "Jobs that may be handed out per window") Rate rate,
        @Schema(description = "Attempts of jobs that do not say, 1 to 1000; default 3", examples = "5") Integer maxAttempts,
        @Schema(description = "Waits between attempts of jobs that do not say") Backoff backoff,
        @Schema(description = "Lease of jobs and requests that do not say, 1 s to 24 h; default 30s", type = SchemaType.STRING, examples = "1m") Duration lease,
        @Schema(description = "How often a job's lease may end without an answer before the job is dead, 0 to 100; default 3", examples = "3") Integer maxStalls,
        @Schema(description = "How long ended jobs are kept") Retention retention,
        @Schema(description = "Whether a job counts as enqueued when Redis has it (`async`, the default) or when a replica of Redis has it, too (`replicated`)") Durability durability,
        @Schema(description = "Jobs are sent to this receiver, in place of workers that ask for them") PushDefinition push) {

    private static final Duration MAX_RATE_WINDOW = Duration.ofDays(1);

    /** When a job counts as enqueued. */
    @Schema(name = "Durability", enumeration = {"async", "replicated"})
    public enum Durability {
        /** When Redis has it. */
        @JsonProperty("async")
        ASYNC,
        /** When a replica of Redis has it, too. */
        @JsonProperty("replicated")
        REPLICATED
    }

    /** So many jobs per so long. */
    @RegisterForReflection
    @Schema(name = "QueueRate")
    public record Rate(@Schema(description = "1 to 1,000,000", examples = "100") Integer limit,
            @Schema(description = "1 ms to 24 h", type = SchemaType.STRING, examples = "1s") Duration window) {}

    /** How long ended jobs are kept. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "QueueRetention")
    public record Retention(
            @Schema(description = "Completed jobs, with their results, up to 400 d; default 0, not at all", type = SchemaType.STRING, examples = "1h") Duration completed,
            @Schema(description = "Dead jobs, up to 400 d; default 14d", type = SchemaType.STRING, examples = "14d") Duration dead) {}

    /** What is wrong with it; empty if nothing is. */
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>();
        Bounds.check(found, "", "concurrency", concurrency, 1, 100_000);
        if (rate != null) {
            if (rate.limit() == null || rate.window() == null) {
                found.add(new Violation("rate", "must have limit and window"));
            }
            Bounds.check(found, "", "rate.limit", rate.limit(), 1, 1_000_000);
            Bounds.check(found, "", "rate.window", rate.window(), Duration.ofMillis(1), MAX_RATE_WINDOW,
                    "1 ms and 24 h");
        }
        Bounds.check(found, "", "maxAttempts", maxAttempts, 1, Bounds.MAX_ATTEMPTS);
        if (backoff != null) {
            found.addAll(backoff.violations("backoff"));
        }
        Bounds.checkLease(found, "", lease);
        Bounds.check(found, "", "maxStalls", maxStalls, 0, 100);
        if (retention != null) {
            Bounds.checkDelay(found, "", "retention.completed", retention.completed());
            Bounds.checkDelay(found, "", "retention.dead", retention.dead());
        }
        if (push != null) {
            push.violations().forEach(v -> found.add(new Violation("push." + v.field(), v.message())));
        }
        return found;
    }

    /** What it means. */
    public QueueSettings toSettings() {
        QueueSettings d = QueueSettings.DEFAULT;
        PushTarget target = push == null ? null : push.toTarget();
        int most = or(concurrency, d.concurrency());
        // What is sent at once is bounded over all replicas as what is worked at once is.
        int atOnce = target == null ? most : most == 0 ? target.concurrency() : Math.min(most, target.concurrency());
        return d.withLimits(atOnce, rate == null ? 0 : rate.limit(), rate == null ? 0 : rate.window().toMillis())
                .withRetries(or(maxAttempts, d.maxAttempts()), backoff == null ? d.backoff() : backoff)
                .withLease(ms(lease, d.leaseMs()), or(maxStalls, d.maxStalls()))
                .withRetention(ms(retention == null ? null : retention.completed(), d.completedMs()),
                        ms(retention == null ? null : retention.dead(), d.deadMs()))
                .withReplicated(durability == Durability.REPLICATED).withPush(target);
    }

    private static int or(Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    private static long ms(Duration duration, long otherwise) {
        return duration == null ? otherwise : duration.toMillis();
    }
}
