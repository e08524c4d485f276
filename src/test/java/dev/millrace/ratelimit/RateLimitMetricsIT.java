package dev.millrace.ratelimit;

import java.net.URI;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Management;

/** {@link RateLimitMetricsTest} against the packaged service. */
@QuarkusIntegrationTest
class RateLimitMetricsIT extends RateLimitMetricsTest {

    @Management
    URI management;

    @Override
    URI metrics() {
        return management.resolve("/q/metrics");
    }
}
