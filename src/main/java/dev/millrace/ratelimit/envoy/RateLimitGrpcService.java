package dev.millrace.ratelimit.envoy;

import org.jboss.logging.Logger;

import io.grpc.Status;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.ratelimit.envoy.proto.RateLimitRequest;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse;
import dev.millrace.ratelimit.envoy.proto.RateLimitService;
import dev.millrace.redis.RedisUnavailableException;

/**
 * {@code envoy.service.ratelimit.v3.RateLimitService}, on the HTTP port. Never answers the code UNKNOWN nor the status
 * UNKNOWN: INVALID_ARGUMENT for a bad request, UNAVAILABLE while Redis is away and no fail mode decides.
 */
@GrpcService
@RegisterInterceptor(ApiKeyInterceptor.class)
public class RateLimitGrpcService implements RateLimitService {

    private static final Logger LOG = Logger.getLogger(RateLimitGrpcService.class);

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

    private static Status status(Throwable e) {
        if (e instanceof RedisUnavailableException) {
            return Status.UNAVAILABLE.withDescription(e.getMessage());
        }
        if (e instanceof ApiException api && api.code().status() == 400) {
            return Status.INVALID_ARGUMENT.withDescription(e.getMessage());
        }
        LOG.error("Unexpected failure", e);
        return Status.INTERNAL;
    }
}
