package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link SessionEventsTest} against the packaged service. */
@QuarkusIntegrationTest
class SessionEventsIT extends SessionEventsTest {}
