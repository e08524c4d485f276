package dev.millrace.http.problem;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link ProblemsTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class ProblemsIT extends ProblemsTest {}
