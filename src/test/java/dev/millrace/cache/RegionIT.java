package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link RegionTest} against the packaged service. */
@QuarkusIntegrationTest
class RegionIT extends RegionTest {}
