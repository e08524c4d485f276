package dev.millrace.queue;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link QueueRemovalTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class QueueRemovalIT extends QueueRemovalTest {}
