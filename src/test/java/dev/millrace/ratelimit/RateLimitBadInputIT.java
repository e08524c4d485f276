package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link RateLimitBadInputTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class RateLimitBadInputIT extends RateLimitBadInputTest {}
