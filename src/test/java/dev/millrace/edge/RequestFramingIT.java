package dev.millrace.edge;

import java.net.URI;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Management;
import dev.millrace.Repackaged;

/** {@link RequestFramingTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class RequestFramingIT extends RequestFramingTest {

    @Management
    URI packaged;

    @Override
    URI management() {
        return packaged.resolve("/q/health/live");
    }
}
