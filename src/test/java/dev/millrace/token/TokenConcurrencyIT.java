package dev.millrace.token;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link TokenConcurrencyTest} against the packaged service. */
@QuarkusIntegrationTest
class TokenConcurrencyIT extends TokenConcurrencyTest {}
