package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link BatchTest} against the packaged service. */
@QuarkusIntegrationTest
class BatchIT extends BatchTest {}
