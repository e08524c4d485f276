package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link CacheLeaseTest} against the packaged service. */
@QuarkusIntegrationTest
class CacheLeaseIT extends CacheLeaseTest {}
