package dev.millrace.queue.api;

import static java.util.Objects.requireNonNull;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.queue.model.Backoff;
import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.QueueCounts;
import dev.millrace.queue.model.QueueDefinition;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.queue.model.QueueSnapshot;

/** The settings and the state of a queue, as clients see them. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "QueueView")
public record QueueView(@Schema(examples = "emails") String queue, boolean paused,
        @Schema(description = "Why the queue is paused", examples = "paused") @Nullable String pausedReason,
        QueueCounts counts,
        @Schema(description = "Absent if unlimited") @Nullable Integer concurrency, @Nullable RateView rate,
        int maxAttempts,
        BackoffView backoff, long leaseMs, int maxStalls, RetentionView retention,
        QueueDefinition.Durability durability, @Nullable PushView push,
        @Schema(description = "Limits of groups without their own; absent by default: one job at a time") @Nullable GroupLimitsView groups) {

    /** The rate limit of a queue. */
    @RegisterForReflection
    @Schema(name = "QueueRateView")
    public record RateView(int limit, long windowMs) {}

    /** The limits of groups without their own. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "GroupLimitsView")
    public record GroupLimitsView(int concurrency, @Nullable RateView rate) {

        static GroupLimitsView of(GroupDefinition limits) {
            return new GroupLimitsView(limits.atOnce(), GroupView.rate(limits));
        }
    }

    /** The waits between attempts. */
    @RegisterForReflection
    @Schema(name = "BackoffView")
    public record BackoffView(Backoff.Type type, long delayMs, long maxMs, double jitter) {

        static BackoffView of(Backoff backoff) {
            Backoff b = backoff.withDefaults();
            return new BackoffView(requireNonNull(b.type()), requireNonNull(b.delay()).toMillis(),
                    requireNonNull(b.max()).toMillis(), requireNonNull(b.jitter()));
        }
    }

    /** How long ended jobs are kept. */
    @RegisterForReflection
    @Schema(name = "QueueRetentionView")
    public record RetentionView(long completedMs, long deadMs) {}

    static QueueView of(String name, QueueSettings s, QueueSnapshot snapshot) {
        return new QueueView(name, snapshot.pausedReason() != null, snapshot.pausedReason(), snapshot.counts(),
                s.concurrency() == 0 ? null : s.concurrency(),
                s.rateLimit() == 0 ? null : new RateView(s.rateLimit(), s.rateWindowMs()), s.maxAttempts(),
                BackoffView.of(s.backoff()), s.leaseMs(), s.maxStalls(),
                new RetentionView(s.completedMs(), s.deadMs()),
                s.replicated() ? QueueDefinition.Durability.REPLICATED : QueueDefinition.Durability.ASYNC,
                s.push() == null ? null : PushView.of(s.push()),
                s.groups().isEmpty() ? null : GroupLimitsView.of(GroupDefinition.decode(s.groups())));
    }
}
