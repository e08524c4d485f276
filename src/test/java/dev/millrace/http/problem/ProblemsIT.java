package dev.millrace.http.problem;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link ProblemsTest} against the packaged service. */
@QuarkusIntegrationTest
class ProblemsIT extends ProblemsTest {}
