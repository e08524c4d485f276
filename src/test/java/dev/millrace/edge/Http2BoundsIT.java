package dev.millrace.edge;

import java.net.URI;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Management;
import dev.millrace.Repackaged;

/** {@link Http2BoundsTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class Http2BoundsIT extends Http2BoundsTest {

    @Management
    URI packagedManagement;

    @Override
    URI management() {
        return packagedManagement;
    }
}
