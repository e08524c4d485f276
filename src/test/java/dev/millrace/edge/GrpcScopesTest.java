package dev.millrace.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

import dev.millrace.edge.MatrixCaller.Protocol;
import dev.millrace.ratelimit.envoy.proto.RateLimitRequest;
import dev.millrace.ratelimit.envoy.proto.RateLimitServiceGrpc;

import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;

/** Guarantees for Envoy's gRPC call and every kind of caller, as {@link ScopeMatrixTest} has them for HTTP. */
@QuarkusTest
class GrpcScopesTest {

    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
            Metadata.ASCII_STRING_MARSHALLER);

    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        channel = ManagedChannelBuilder.forAddress("localhost", RestAssured.port).usePlaintext().build();
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    @Test
    void onlyKeysWithTheScopeAreAdmitted() {
        List<String> scopes = ScopeTable.read()
                .get("gRPC envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit");
        Map<String, Code> unexpected = new TreeMap<>();
        for (MatrixCaller caller : MatrixCaller.all()) {
            if (caller.query().isEmpty() && caller.form().isEmpty() && !caller.name().startsWith("spaces around")) {
                Code code = call(RateLimitServiceGrpc.getShouldRateLimitMethod(),
                        RateLimitRequest.newBuilder().setDomain("matrix").build(), caller);
                boolean known = caller.known().contains(Protocol.REST);
                boolean right = !known
                        ? code == Code.UNAUTHENTICATED
                        : ScopeTable.allows(scopes, caller.scopes())
                                ? code == Code.INVALID_ARGUMENT
                                : code == Code.PERMISSION_DENIED;
                if (!right) {
                    unexpected.put(caller.name(), code);
                }
            }
        }
        // No descriptors are an invalid argument: it is looked at only behind the key and its scope.
        assertEquals(Map.of(), unexpected);
    }

    @Test
    void healthNeedsNoKey() {
        assertEquals(List.of(), ScopeTable.read().get("gRPC grpc.health.v1.Health/Check and Watch"));
        for (MatrixCaller caller : MatrixCaller.all()) {
            if (!caller.name().startsWith("spaces around")) {
                assertEquals(Code.OK,
                        call(HealthGrpc.getCheckMethod(), HealthCheckRequest.getDefaultInstance(), caller),
                        caller.name());
            }
        }
    }

    @Test
    void reflectionIsNotThere() {
        for (String version : List.of("v1", "v1alpha")) {
            MethodDescriptor<byte[], byte[]> reflection = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo")
                    .setRequestMarshaller(new Bytes()).setResponseMarshaller(new Bytes()).build();
            assertEquals(Code.UNIMPLEMENTED, call(reflection, new byte[0], MatrixCaller.all().get(0)));
        }
    }

    private <Q, A> Code call(MethodDescriptor<Q, A> method, Q request, MatrixCaller caller) {
        Metadata metadata = new Metadata();
        caller.authorization().forEach(value -> metadata.put(AUTHORIZATION, value));
        if (!caller.otherHeader().isEmpty()) {
            String[] field = caller.otherHeader().split(": ", 2);
            metadata.put(Metadata.Key.of(field[0], Metadata.ASCII_STRING_MARSHALLER), field[1]);
        }
        try {
            ClientCalls.blockingUnaryCall(
                    io.grpc.ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata)),
                    method, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS), request);
            return Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public java.io.InputStream stream(byte[] value) {
            return new java.io.ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(java.io.InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
