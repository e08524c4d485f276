package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link SessionListTest} against the packaged service. */
@QuarkusIntegrationTest
class SessionListIT extends SessionListTest {}
