package dev.millrace.edge;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

import dev.millrace.ratelimit.envoy.EnvoyProfile;

import grpc.health.v1.HealthOuterClass.HealthCheckRequest;

/** What gRPC tells a caller without a key. */
@QuarkusTest
@TestProfile(EnvoyProfile.class)
class GrpcHealthTest {

    /** The prefix of a message of two bytes: field 1, SERVING. */
    private static final byte[] SERVING = {0, 0, 0, 0, 2, 8, 1};

    @TestHTTPResource("/")
    URI service;

    @ParameterizedTest
    @ValueSource(strings = {"", "envoy.service.ratelimit.v3.RateLimitService", "ratelimit"})
    void knownServicesAreServing(String name) {
        try (RawHttp2 http2 = new RawHttp2(service).read()) {
            RawHttp2.Stream health = http2.grpc("/grpc.health.v1.Health/Check", request(name)).await();
            assertEquals("0", health.field("grpc-status"));
            assertArrayEquals(SERVING, health.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Check", "Watch"})
    void otherServicesAreNotFound(String method) {
        try (RawHttp2 http2 = new RawHttp2(service).read()) {
            RawHttp2.Stream health = http2.grpc("/grpc.health.v1.Health/" + method, request("nobody")).await();
            assertEquals("5", health.field("grpc-status"));
        }
    }

    @Test
    void watchersAreBounded() {
        List<RawHttp2> connections = new ArrayList<>();
        List<RawHttp2.Stream> watching = new ArrayList<>();
        try {
            for (int c = 0; c < 10; c++) {
                RawHttp2 http2 = new RawHttp2(service).read();
                connections.add(http2);
                for (int i = 0; i < 100; i++) {
                    watching.add(http2.grpc("/grpc.health.v1.Health/Watch", request("")));
                }
            }
            watching.forEach(stream -> assertEquals(200, stream.status()));
            assertTrue(watching.stream().noneMatch(stream -> stream.end.isDone()));

            RawHttp2 http2 = new RawHttp2(service).read();
            connections.add(http2);
            assertEquals("8", http2.grpc("/grpc.health.v1.Health/Watch", request("")).await().field("grpc-status"));
            assertEquals("0", http2.grpc("/grpc.health.v1.Health/Check", request("")).await().field("grpc-status"));
        } finally {
            connections.forEach(RawHttp2::close);
        }
        // Their places are free when they have gone.
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            try (RawHttp2 http2 = new RawHttp2(service).read()) {
                RawHttp2.Stream next = http2.grpc("/grpc.health.v1.Health/Watch", request(""));
                http2.ping();
                await().until(() -> next.received() > 0 || next.end.isDone());
                return next.received() > 0;
            }
        });
    }

    @Test
    void thereIsNoReflection() {
        try (RawHttp2 http2 = new RawHttp2(service).read()) {
            for (String version : List.of("v1", "v1alpha")) {
                RawHttp2.Stream stream = http2.grpc("/grpc.reflection." + version
                        + ".ServerReflection/ServerReflectionInfo", new byte[0]).await();
                assertTrue(stream.status() == 404 || "12".equals(stream.field("grpc-status")));
            }
        }
    }

    private static byte[] request(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build().toByteArray();
    }
}
