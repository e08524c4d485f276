package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link SessionListTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class SessionListIT extends SessionListTest {}
