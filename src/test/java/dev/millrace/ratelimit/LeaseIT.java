package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link LeaseTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class LeaseIT extends LeaseTest {}
