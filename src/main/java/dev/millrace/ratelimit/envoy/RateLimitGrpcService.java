package dev.millrace.ratelimit.envoy;

import io.grpc.Status;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Failure;
import dev.millrace.ratelimit.envoy.proto.RateLimitRequest;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse;
import dev.millrace.ratelimit.envoy.proto.RateLimitService;

/**
 * {@code envoy.service.ratelimit.v3.RateLimitService}, on the HTTP port. Returns INVALID_ARGUMENT for
 * a bad request, and UNAVAILABLE while Redis is unavailable and no fail mode decides. Never returns the status UNKNOWN.
 */
@GrpcService
@RegisterInterceptor(ApiKeyInterceptor.class)
public class RateLimitGrpcService implements RateLimitService {

    private final EnvoyRateLimits limits;

    RateLimitGrpcService(EnvoyRateLimits limits) {
        this.limits = limits;
    }

    @Override
    public Uni<RateLimitResponse> shouldRateLimit(RateLimitRequest request) {
        String tenant = ApiKeyInterceptor.caller().tenant();
        return Uni.createFrom().deferred(() -> limits.decide(tenant, request))
                .onFailure().transform(e -> status(e).asRuntimeException());
    }

    static Status status(Throwable e) {
        Failure failure = Failure.of(e);
        return status(failure.code()).withDescription(failure.detail());
    }

    private static Status status(ErrorCode code) {
        return switch (code.status()) {
            case 400 -> Status.INVALID_ARGUMENT;
            case 401 -> Status.UNAUTHENTICATED;
            case 403 -> Status.PERMISSION_DENIED;
            case 404 -> Status.NOT_FOUND;
            case 409, 412 -> Status.FAILED_PRECONDITION;
            case 413, 429 -> Status.RESOURCE_EXHAUSTED;
            case 502, 503 -> Status.UNAVAILABLE;
            default -> Status.INTERNAL;
        };
    }
}
