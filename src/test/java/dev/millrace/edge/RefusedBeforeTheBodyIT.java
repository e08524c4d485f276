package dev.millrace.edge;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link RefusedBeforeTheBodyTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class RefusedBeforeTheBodyIT extends RefusedBeforeTheBodyTest {}
