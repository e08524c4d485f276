package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link RateLimitConcurrencyTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class RateLimitConcurrencyIT extends RateLimitConcurrencyTest {}
