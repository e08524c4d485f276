package dev.millrace.ops;

import java.net.URI;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Management;
import dev.millrace.Repackaged;

/** {@link RedisViewTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class RedisViewIT extends RedisViewTest {

    @Management
    URI management;

    @Override
    URI metrics() {
        return management.resolve("/q/metrics");
    }
}
