package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link RateLimitTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class RateLimitIT extends RateLimitTest {}
