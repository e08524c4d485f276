package dev.millrace.edge;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link UnreadResponsesTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class UnreadResponsesIT extends UnreadResponsesTest {}
