package dev.millrace.edge;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link ScopeMatrixTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class ScopeMatrixIT extends ScopeMatrixTest {}
