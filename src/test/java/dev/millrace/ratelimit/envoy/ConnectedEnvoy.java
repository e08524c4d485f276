package dev.millrace.ratelimit.envoy;

import static dev.millrace.ratelimit.envoy.EnvoyClient.descriptor;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import io.quarkus.test.common.http.TestHTTPResource;

import dev.millrace.Api;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.DescriptorStatus;

/** A client that is connected for each test. */
abstract class ConnectedEnvoy {

    static final String OTHER = "Bearer " + Api.OTHER;

    @TestHTTPResource("/")
    URI service;

    EnvoyClient envoy;
    /** Nobody else's: every test has its own counters. */
    final String id = UUID.randomUUID().toString();
    final RateLimitDescriptor user = descriptor("user", id);

    @BeforeEach
    void connect() {
        envoy = new EnvoyClient(service);
    }

    @AfterEach
    void disconnect() {
        envoy.close();
    }

    static DescriptorStatus status(RateLimitResponse response) {
        assertEquals(1, response.getStatusesCount());
        return response.getStatuses(0);
    }
}
