package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link SessionFootprintTest} against the packaged service. */
@QuarkusIntegrationTest
class SessionFootprintIT extends SessionFootprintTest {}
