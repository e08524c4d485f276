package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link PurgeTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class PurgeIT extends PurgeTest {}
