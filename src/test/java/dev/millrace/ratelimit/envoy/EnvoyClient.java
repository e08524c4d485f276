package dev.millrace.ratelimit.envoy;

import java.net.URI;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.UInt64Value;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;

import dev.millrace.Api;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor.RateLimitOverride;
import dev.millrace.ratelimit.envoy.proto.RateLimitRequest;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse;
import dev.millrace.ratelimit.envoy.proto.RateLimitServiceGrpc;
import dev.millrace.ratelimit.envoy.proto.RateLimitUnit;

/** Calls the service as Envoy does: gRPC by HTTP/2 with prior knowledge, on the HTTP port. */
final class EnvoyClient implements AutoCloseable {

    static final String KEY = "Bearer " + Api.LIMITER;

    private final ManagedChannel channel;

    EnvoyClient(URI service) {
        channel = ManagedChannelBuilder.forAddress(service.getHost(), service.getPort()).usePlaintext().build();
    }

    RateLimitResponse call(String domain, RateLimitDescriptor... descriptors) {
        return call(request(domain, descriptors).build());
    }

    RateLimitResponse call(RateLimitRequest request) {
        return call(request, KEY);
    }

    RateLimitResponse call(RateLimitRequest request, String authorization) {
        return authorized(RateLimitServiceGrpc.newBlockingStub(channel), authorization)
                .withDeadlineAfter(20, TimeUnit.SECONDS).shouldRateLimit(request);
    }

    RateLimitServiceGrpc.RateLimitServiceFutureStub async() {
        return authorized(RateLimitServiceGrpc.newFutureStub(channel), KEY);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    static RateLimitRequest.Builder request(String domain, RateLimitDescriptor... descriptors) {
        RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(domain);
        for (RateLimitDescriptor descriptor : descriptors) {
            request.addDescriptors(descriptor);
        }
        return request;
    }

    /** A descriptor with entries of a key and a value each. */
    static RateLimitDescriptor descriptor(String... keysAndValues) {
        RateLimitDescriptor.Builder descriptor = RateLimitDescriptor.newBuilder();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            descriptor.addEntriesBuilder().setKey(keysAndValues[i]).setValue(keysAndValues[i + 1]);
        }
        return descriptor.build();
    }

    static RateLimitDescriptor hits(RateLimitDescriptor descriptor, long addend) {
        return descriptor.toBuilder().setHitsAddend(UInt64Value.of(addend)).build();
    }

    static RateLimitDescriptor limit(RateLimitDescriptor descriptor, int requestsPerUnit, RateLimitUnit unit) {
        return descriptor.toBuilder()
                .setLimit(RateLimitOverride.newBuilder().setRequestsPerUnit(requestsPerUnit).setUnit(unit)).build();
    }

    private static <S extends AbstractStub<S>> S authorized(S stub, String authorization) {
        Metadata metadata = new Metadata();
        if (authorization != null) {
            metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        }
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }
}
