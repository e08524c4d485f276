package dev.millrace.http;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.PackagedSmoke;

/** {@link OpenApiTest} against the packaged service. */
@PackagedSmoke
@QuarkusIntegrationTest
class OpenApiIT extends OpenApiTest {}
