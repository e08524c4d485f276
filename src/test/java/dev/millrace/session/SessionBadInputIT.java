package dev.millrace.session;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link SessionBadInputTest} against the packaged service. */
@QuarkusIntegrationTest
class SessionBadInputIT extends SessionBadInputTest {}
