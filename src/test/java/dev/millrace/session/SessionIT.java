package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link SessionTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class SessionIT extends SessionTest {}
