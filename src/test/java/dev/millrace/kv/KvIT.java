package dev.millrace.kv;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class KvIT extends KvTest {}
