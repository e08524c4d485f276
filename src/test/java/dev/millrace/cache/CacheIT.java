package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link CacheTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class CacheIT extends CacheTest {}
