package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link SessionBadInputTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class SessionBadInputIT extends SessionBadInputTest {}
