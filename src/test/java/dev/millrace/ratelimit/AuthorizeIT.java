package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link AuthorizeTest} against the packaged service. */
@QuarkusIntegrationTest
class AuthorizeIT extends AuthorizeTest {}
