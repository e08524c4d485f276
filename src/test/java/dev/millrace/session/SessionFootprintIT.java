package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link SessionFootprintTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class SessionFootprintIT extends SessionFootprintTest {}
