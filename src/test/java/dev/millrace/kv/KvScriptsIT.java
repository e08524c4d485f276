package dev.millrace.kv;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class KvScriptsIT extends KvScriptsTest {}
