package dev.millrace.token;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link TokenConcurrencyTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class TokenConcurrencyIT extends TokenConcurrencyTest {}
