package dev.millrace.token;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link TokenTest} against the packaged service. */
@QuarkusIntegrationTest
class TokenIT extends TokenTest {}
