package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link BatchTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class BatchIT extends BatchTest {}
