package dev.millrace.edge;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link GrpcScopesTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class GrpcScopesIT extends GrpcScopesTest {}
