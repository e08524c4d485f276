package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link RateLimitMetricsTest} against the packaged service. */
@QuarkusIntegrationTest
class RateLimitMetricsIT extends RateLimitMetricsTest {}
