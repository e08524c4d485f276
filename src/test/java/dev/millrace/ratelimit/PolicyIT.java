package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link PolicyTest} against the packaged service. */
@QuarkusIntegrationTest
class PolicyIT extends PolicyTest {}
