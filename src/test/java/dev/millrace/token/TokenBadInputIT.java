package dev.millrace.token;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link TokenBadInputTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class TokenBadInputIT extends TokenBadInputTest {}
