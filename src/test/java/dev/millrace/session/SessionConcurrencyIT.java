package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link SessionConcurrencyTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class SessionConcurrencyIT extends SessionConcurrencyTest {}
