package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link CacheLeaseTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class CacheLeaseIT extends CacheLeaseTest {}
