package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link FootprintTest} against the packaged service. */
@QuarkusIntegrationTest
class FootprintIT extends FootprintTest {}
