package dev.millrace.edge;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link GrpcHealthTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class GrpcHealthIT extends GrpcHealthTest {}
