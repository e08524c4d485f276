package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.PackagedSmoke;

/** {@link CheckTest} against the packaged service. */
@PackagedSmoke
@QuarkusIntegrationTest
class CheckIT extends CheckTest {}
