package dev.millrace.ratelimit;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link AuthorizeTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class AuthorizeIT extends AuthorizeTest {}
