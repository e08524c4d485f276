package dev.millrace.ops;

import java.net.URI;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Management;

/** {@link RedisViewTest} against the packaged service. */
@QuarkusIntegrationTest
class RedisViewIT extends RedisViewTest {

    @Management
    URI management;

    @Override
    URI metrics() {
        return management.resolve("/q/metrics");
    }
}
