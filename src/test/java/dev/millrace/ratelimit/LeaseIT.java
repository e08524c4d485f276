package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link LeaseTest} against the packaged service. */
@QuarkusIntegrationTest
class LeaseIT extends LeaseTest {}
