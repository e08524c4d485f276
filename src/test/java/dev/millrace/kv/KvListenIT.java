package dev.millrace.kv;

import java.net.URI;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Management;
import dev.millrace.Repackaged;

@Repackaged
@QuarkusIntegrationTest
class KvListenIT extends KvListenTest {

    @Management
    URI management;

    @Override
    URI metrics() {
        return management.resolve("/q/metrics");
    }
}
