package dev.millrace.oauth;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link OAuthTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class OAuthIT extends OAuthTest {}
