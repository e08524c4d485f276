package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link CacheTest} against the packaged service. */
@QuarkusIntegrationTest
class CacheIT extends CacheTest {}
