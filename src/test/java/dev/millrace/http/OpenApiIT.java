package dev.millrace.http;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link OpenApiTest} against the packaged service. */
@QuarkusIntegrationTest
class OpenApiIT extends OpenApiTest {}
