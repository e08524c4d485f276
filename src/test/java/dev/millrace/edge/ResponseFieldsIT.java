package dev.millrace.edge;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link ResponseFieldsTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class ResponseFieldsIT extends ResponseFieldsTest {}
