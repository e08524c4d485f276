package dev.millrace.ratelimit.envoy;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.grpc.Status;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.Stopping;
import dev.millrace.http.route.RequestMetrics;

import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import grpc.health.v1.MutinyHealthGrpc;

/**
 * {@code grpc.health.v1.Health}, for callers without a key. Knows the service as a whole, the name of the gRPC service, and the name that
 * Envoy's own rate limit service has; other names return NOT_FOUND. Like liveness, it does not depend on Redis. A replica has at most
 * {@value #MAX_WATCHERS} calls of {@code Watch} at a time, each of which ends after ten minutes; more return RESOURCE_EXHAUSTED.
 */
@GrpcService
public class HealthGrpcService extends MutinyHealthGrpc.HealthImplBase {

    private static final Set<String> NAMES = Set.of("", "envoy.service.ratelimit.v3.RateLimitService", "ratelimit");
    private static final Duration WATCH = Duration.ofMinutes(10);
    static final int MAX_WATCHERS = 1000;

    private final Stopping stopping;
    private final AtomicInteger watchers = new AtomicInteger();

    HealthGrpcService(Stopping stopping) {
        this.stopping = stopping;
    }

    @Override
    public Uni<HealthCheckResponse> check(HealthCheckRequest request) {
        if (!NAMES.contains(request.getService())) {
            return Uni.createFrom().failure(unknown());
        }
        return Uni.createFrom().item(status());
    }

    @Override
    public Multi<HealthCheckResponse> watch(HealthCheckRequest request) {
        if (!NAMES.contains(request.getService())) {
            return Multi.createFrom().failure(unknown());
        }
        if (watchers.incrementAndGet() > MAX_WATCHERS) {
            watchers.decrementAndGet();
            return Multi.createFrom().failure(Status.RESOURCE_EXHAUSTED
                    .withDescription("There are " + MAX_WATCHERS + " watchers").asRuntimeException());
        }
        Multi<HealthCheckResponse> first = Multi.createFrom().item(this::status);
        // A client that closes its connection does not cancel its calls.
        CompletableFuture<@Nullable HealthCheckResponse> gone = new CompletableFuture<>();
        RequestMetrics.whenEnded(() -> gone.complete(null));
        Multi<HealthCheckResponse> end = Uni.createFrom().completionStage(gone).ifNoItem().after(WATCH)
                .recoverWithUni(Uni.createFrom().nullItem()).toMulti();
        return Multi.createBy().concatenating().streams(first, end)
                .onTermination().invoke(() -> watchers.decrementAndGet());
    }

    private HealthCheckResponse status() {
        return HealthCheckResponse.newBuilder()
                .setStatus(stopping.hasBegun() ? ServingStatus.NOT_SERVING : ServingStatus.SERVING).build();
    }

    private static Throwable unknown() {
        return Status.NOT_FOUND.withDescription("There is no such service").asRuntimeException();
    }
}
