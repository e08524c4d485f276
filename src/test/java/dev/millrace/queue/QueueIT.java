package dev.millrace.queue;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

@Repackaged
@QuarkusIntegrationTest
class QueueIT extends QueueTest {}
