package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link RateLimitConcurrencyTest} against the packaged service. */
@QuarkusIntegrationTest
class RateLimitConcurrencyIT extends RateLimitConcurrencyTest {}
