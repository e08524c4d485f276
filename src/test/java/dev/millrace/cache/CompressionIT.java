package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link CompressionTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class CompressionIT extends CompressionTest {}
