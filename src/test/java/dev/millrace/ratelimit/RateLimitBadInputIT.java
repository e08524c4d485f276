package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link RateLimitBadInputTest} against the packaged service. */
@QuarkusIntegrationTest
class RateLimitBadInputIT extends RateLimitBadInputTest {}
