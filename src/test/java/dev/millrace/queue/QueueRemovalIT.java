package dev.millrace.queue;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link QueueRemovalTest} against the packaged service. */
@QuarkusIntegrationTest
class QueueRemovalIT extends QueueRemovalTest {}
