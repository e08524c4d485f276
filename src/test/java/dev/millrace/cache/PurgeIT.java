package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link PurgeTest} against the packaged service. */
@QuarkusIntegrationTest
class PurgeIT extends PurgeTest {}
