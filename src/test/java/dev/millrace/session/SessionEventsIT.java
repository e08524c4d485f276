package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link SessionEventsTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class SessionEventsIT extends SessionEventsTest {}
