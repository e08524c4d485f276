package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link SessionConcurrencyTest} against the packaged service. */
@QuarkusIntegrationTest
class SessionConcurrencyIT extends SessionConcurrencyTest {}
