package dev.millrace.queue.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;

/** The settings of a queue, as written in requests and stored in Redis. Absent fields take their defaults. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "QueueSettings")
public record QueueDefinition(
        @Schema(description = "Maximum number of active jobs, over all workers, 1 to 100,000; unlimited by default", examples = "20") @Nullable Integer concurrency,
        @Schema(description = "Maximum number of jobs handed out per window") @Nullable Rate rate,
        @Schema(description = "Maximum number of attempts of jobs without their own, 1 to 1000; default 3", examples = "5") @Nullable Integer maxAttempts,
        @Schema(description = "Waits between attempts, for jobs without their own") @Nullable Backoff backoff,
        @Schema(description = "Lease of jobs and requests without their own, 1 s to 24 h; default 30s", type = SchemaType.STRING, examples = "1m") @Nullable Duration lease,
        @Schema(description = "How many expired leases a job survives; one more makes it dead. 0 to 100; default 3", examples = "3") @Nullable Integer maxStalls,
        @Schema(description = "How long ended jobs are kept") @Nullable Retention retention,
        @Schema(description = "Whether a job counts as enqueued when Redis has it (`async`, the default), or only when a replica of Redis has it, too (`replicated`)") @Nullable Durability durability,
        @Schema(description = "The receiver that jobs are sent to, in place of workers that reserve them") @Nullable PushDefinition push,
        @Schema(description = "Limits of each group that has none of its own; default: one job at a time") @Nullable GroupDefinition groups)
        implements
            Validated {

    private static final Duration MAX_RATE_WINDOW = Duration.ofDays(1);

    /** When a job counts as enqueued. */
    @Schema(name = "Durability", enumeration = {"async", "replicated"})
    public enum Durability {
        /** When Redis has the job. */
        @JsonProperty("async")
        ASYNC,
        /** When a replica of Redis has the job, too. */
        @JsonProperty("replicated")
        REPLICATED
    }

    /** A number of jobs per window. */
    @RegisterForReflection
    @Schema(name = "QueueRate")
    public record Rate(@Schema(description = "1 to 1,000,000", examples = "100") @Nullable Integer limit,
            @Schema(description = "1 ms to 24 h", type = SchemaType.STRING, examples = "1s") @Nullable Duration window) {}

    /** How long ended jobs are kept. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "QueueRetention")
    public record Retention(
            @Schema(description = "Retention of completed jobs and their results, up to 400 d; default 0: not kept", type = SchemaType.STRING, examples = "1h") @Nullable Duration completed,
            @Schema(description = "Retention of dead jobs, up to 400 d; default 14d", type = SchemaType.STRING, examples = "14d") @Nullable Duration dead) {}

    /** Checks all fields; returns no violations if it is valid. */
    @Override
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>();
        Bounds.check(found, "", "concurrency", concurrency, 1, 100_000);
        check(found, "", rate);
        if (groups != null) {
            found.addAll(groups.violations("groups."));
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

    static void check(List<Violation> found, String prefix, @Nullable Rate rate) {
        if (rate != null) {
            if (rate.limit() == null || rate.window() == null) {
                found.add(new Violation(prefix + "rate", "must have limit and window"));
            }
            Bounds.check(found, prefix, "rate.limit", rate.limit(), 1, 1_000_000);
            Bounds.check(found, prefix, "rate.window", rate.window(), Duration.ofMillis(1), MAX_RATE_WINDOW,
                    "1 ms and 24 h");
        }
    }

    /** The settings that it defines. Requires that it has no violations. */
    public QueueSettings toSettings() {
        QueueSettings d = QueueSettings.DEFAULT;
        PushTarget target = push == null ? null : push.toTarget();
        int most = or(concurrency, d.concurrency());
        // Like the bound on active jobs, the bound on deliveries holds for all replicas together.
        int atOnce = target == null ? most : most == 0 ? target.concurrency() : Math.min(most, target.concurrency());
        return d.withLimits(atOnce, rate == null ? 0 : requireNonNull(rate.limit()),
                rate == null ? 0 : requireNonNull(rate.window()).toMillis())
                .withRetries(or(maxAttempts, d.maxAttempts()), backoff == null ? d.backoff() : backoff)
                .withLease(ms(lease, d.leaseMs()), or(maxStalls, d.maxStalls()))
                .withRetention(ms(retention == null ? null : retention.completed(), d.completedMs()),
                        ms(retention == null ? null : retention.dead(), d.deadMs()))
                .withReplicated(durability == Durability.REPLICATED).withPush(target)
                .withGroups(groups == null || groups.equals(GroupDefinition.DEFAULT) ? "" : groups.encode())
                .withVersion();
    }

    private static int or(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    private static long ms(@Nullable Duration duration, long otherwise) {
        return duration == null ? otherwise : duration.toMillis();
    }
}
