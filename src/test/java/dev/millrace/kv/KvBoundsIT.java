package dev.millrace.kv;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link KvBoundsTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class KvBoundsIT extends KvBoundsTest {}
