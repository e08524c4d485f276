package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link CompressionTest} against the packaged service. */
@QuarkusIntegrationTest
class CompressionIT extends CompressionTest {}
