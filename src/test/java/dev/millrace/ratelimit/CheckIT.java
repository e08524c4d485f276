package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link CheckTest} against the packaged service. */
@QuarkusIntegrationTest
class CheckIT extends CheckTest {}
