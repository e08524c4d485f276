package dev.millrace.queue.worker;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.quarkus.arc.properties.IfBuildProperty;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

/** What a job of the tests does is its type. */
@Singleton
@IfBuildProperty(name = ProcessorsProfile.SWITCH, stringValue = "true")
class Errands implements JobProcessor {

    static final Map<String, String> DEAD = new ConcurrentHashMap<>();
    static final Map<String, Integer> TOLD = new ConcurrentHashMap<>();
    static final Map<String, Integer> STARTED = new ConcurrentHashMap<>();
    static final Map<String, Integer> CANCELLED = new ConcurrentHashMap<>();
    static final AtomicInteger MOST_AT_ONCE = new AtomicInteger();
    private static final AtomicInteger AT_ONCE = new AtomicInteger();

    @Inject
    ReactiveRedisDataSource redis;

    @RegisterForReflection
    record Sum(int a, int b) {}

    @Override
    public String queue() {
        return "errands";
    }

    @Override
    public int concurrency() {
        return 3;
    }

    @Override
    public Duration lease() {
        return Duration.ofSeconds(3);
    }

    @Override
    public Uni<?> process(JobContext job) {
        String id = job.job().id();
        STARTED.merge(id, 1, Integer::sum);
        return switch (job.job().type()) {
            case "sum" -> {
                Sum sum = job.data(Sum.class);
                yield Uni.createFrom().item(Map.of("sum", sum.a() + sum.b()));
            }
            case "flaky" -> job.job().attempt() < 3
                    ? Uni.createFrom().failure(new IllegalStateException("not yet"))
                    : Uni.createFrom().nullItem();
            case "early" -> STARTED.get(id) < 3
                    ? Uni.createFrom().failure(new PostponeJobException("429", Duration.ofMillis(50)))
                    : Uni.createFrom().nullItem();
            case "hopeless" -> Uni.createFrom().failure(new DeadJobException("for good"));
            case "wordy" -> Uni.createFrom().failure(new DeadJobException("x".repeat(4095) + "💧 and so on"));
            case "short" -> {
                MOST_AT_ONCE.accumulateAndGet(AT_ONCE.incrementAndGet(), Math::max);
                yield Uni.createFrom().nullItem().onItem().delayIt().by(Duration.ofMillis(200))
                        .onTermination().invoke(AT_ONCE::decrementAndGet);
            }
            case "long" -> job.progress(Map.of("percent", 1))
                    .chain(() -> Uni.createFrom().item("done").onItem().delayIt().by(Duration.ofSeconds(7)));
            case "endless" -> Uni.createFrom().nothing().onCancellation()
                    .invoke(() -> CANCELLED.merge(id, 1, Integer::sum));
            case "unwritable" -> Uni.createFrom().item(new Object());
            case "counted" -> redis.value(Long.class).incr("errands:" + id);
            case "none" -> null;
            default -> throw new IllegalArgumentException("no such errand");
        };
    }

    @Override
    public Uni<Void> onFailed(JobContext job, Throwable failure) {
        DEAD.put(job.job().id(), String.valueOf(failure.getMessage()));
        TOLD.merge(job.job().id(), 1, Integer::sum);
        return job.job().group() == null
                ? Uni.createFrom().voidItem()
                : Uni.createFrom().failure(new IllegalStateException("of the test's own"));
    }
}
