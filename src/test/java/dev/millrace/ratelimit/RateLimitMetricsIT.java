package dev.millrace.ratelimit;

import java.net.URI;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Management;
import dev.millrace.Repackaged;

/** {@link RateLimitMetricsTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class RateLimitMetricsIT extends RateLimitMetricsTest {

    @Management
    URI management;

    @Override
    URI metrics() {
        return management.resolve("/q/metrics");
    }
}
