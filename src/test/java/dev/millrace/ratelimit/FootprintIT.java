package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link FootprintTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class FootprintIT extends FootprintTest {}
