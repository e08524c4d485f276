package dev.millrace.edge;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link ResetStreamTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class ResetStreamIT extends ResetStreamTest {}
