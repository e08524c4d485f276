package dev.millrace.kv;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link KvBoundsTest} against the packaged service. */
@QuarkusIntegrationTest
class KvBoundsIT extends KvBoundsTest {}
