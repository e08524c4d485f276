package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link RateLimitTest} against the packaged service. */
@QuarkusIntegrationTest
class RateLimitIT extends RateLimitTest {}
