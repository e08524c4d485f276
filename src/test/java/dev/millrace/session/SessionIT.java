package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link SessionTest} against the packaged service. */
@QuarkusIntegrationTest
class SessionIT extends SessionTest {}
