package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link PolicyTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class PolicyIT extends PolicyTest {}
