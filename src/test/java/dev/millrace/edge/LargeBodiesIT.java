package dev.millrace.edge;

import java.net.URI;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Management;
import dev.millrace.Repackaged;

/** {@link LargeBodiesTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class LargeBodiesIT extends LargeBodiesTest {

    @Management
    URI management;

    @Override
    URI metrics() {
        return management.resolve("/q/metrics");
    }
}
