package dev.millrace.oauth;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link OAuthTest} against the packaged service. */
@QuarkusIntegrationTest
class OAuthIT extends OAuthTest {}
