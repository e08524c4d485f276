package dev.millrace.edge;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link ConnectionCloseTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class ConnectionCloseIT extends ConnectionCloseTest {}
