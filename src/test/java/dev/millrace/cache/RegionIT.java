package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link RegionTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class RegionIT extends RegionTest {}
