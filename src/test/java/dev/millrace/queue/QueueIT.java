package dev.millrace.queue;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class QueueIT extends QueueTest {}
