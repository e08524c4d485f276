package dev.millrace.ratelimit.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.grpc.Status;

import dev.millrace.http.problem.ErrorCode;

/** gRPC has the status of the code that {@link dev.millrace.http.problem.Failure} says, and never UNKNOWN. */
class GrpcStatusTest {

    @ParameterizedTest
    @MethodSource("dev.millrace.http.problem.Failures#all")
    void theStatusFollowsTheCode(Throwable failure, ErrorCode code, String detail) {
        Status status = RateLimitGrpcService.status(failure);

        assertEquals(switch (code) {
            case INVALID_REQUEST, MALFORMED_JSON -> Status.Code.INVALID_ARGUMENT;
            case POLICY_UNKNOWN, NOT_FOUND -> Status.Code.NOT_FOUND;
            case TOO_LARGE -> Status.Code.RESOURCE_EXHAUSTED;
            case REDIS_REFUSED, REDIS_UNAVAILABLE, NOT_REPLICATED, OVERLOADED -> Status.Code.UNAVAILABLE;
            default -> Status.Code.INTERNAL;
        }, status.getCode());
        assertEquals(detail, status.getDescription());
    }
}
