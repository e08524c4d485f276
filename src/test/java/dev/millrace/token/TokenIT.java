package dev.millrace.token;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link TokenTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class TokenIT extends TokenTest {}
