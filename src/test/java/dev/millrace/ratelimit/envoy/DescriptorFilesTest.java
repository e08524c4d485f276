package dev.millrace.ratelimit.envoy;

import static dev.millrace.ratelimit.envoy.EnvoyClient.descriptor;
import static dev.millrace.ratelimit.envoy.EnvoyClient.hits;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import jakarta.inject.Inject;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(EnvoyProfile.class)
class DescriptorFilesTest {

    private static final String RULE = """
            domain: reload
            descriptors:
              - key: user
                rate_limit: {unit: hour, requests_per_unit: %s}
            """;

    @TestHTTPResource("/")
    URI service;

    @ConfigProperty(name = "millrace.ratelimit.envoy.descriptors")
    List<String> files;

    @Inject
    MeterRegistry metrics;

    @Test
    void followsChangesAndKeepsTheOldRulesWhenOneIsInvalid() throws IOException {
        Path file = Path.of(files.get(1));
        Path mount = file.getParent();
        try (EnvoyClient envoy = new EnvoyClient(service)) {
            EnvoyProfile.mountVersion(mount, "2", RULE.formatted(5));
            awaitLimit(envoy, 5);

            double failures = failures();
            EnvoyProfile.mountVersion(mount, "3", RULE.formatted("many"));
            await().atMost(Duration.ofSeconds(30)).until(() -> failures() > failures);
            assertEquals(5, limit(envoy));

            Files.writeString(file, RULE.formatted(6));
            awaitLimit(envoy, 6);
            assertEquals(failures + 1, failures(), "counted once per change, not once per look");

            Files.delete(mount.resolve("..data"));
            await().atMost(Duration.ofSeconds(30)).until(() -> failures() == failures + 2);
            assertEquals(6, limit(envoy));

            EnvoyProfile.mountVersion(mount, "4", "domain: reload\n");
            awaitLimit(envoy, 0);
        }
    }

    private void awaitLimit(EnvoyClient envoy, int expected) {
        await().atMost(Duration.ofSeconds(30)).until(() -> limit(envoy) == expected);
    }

    private static int limit(EnvoyClient envoy) {
        return envoy.call("reload", hits(descriptor("user", "1"), 0)).getStatuses(0).getCurrentLimit()
                .getRequestsPerUnit();
    }

    private double failures() {
        return metrics.get("millrace.ratelimit.envoy.reload.failures").counter().count();
    }
}
