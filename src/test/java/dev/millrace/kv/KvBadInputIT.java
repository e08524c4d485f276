package dev.millrace.kv;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

@Repackaged
@QuarkusIntegrationTest
class KvBadInputIT extends KvBadInputTest {}
