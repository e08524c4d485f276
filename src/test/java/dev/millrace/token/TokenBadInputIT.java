package dev.millrace.token;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link TokenBadInputTest} against the packaged service. */
@QuarkusIntegrationTest
class TokenBadInputIT extends TokenBadInputTest {}
