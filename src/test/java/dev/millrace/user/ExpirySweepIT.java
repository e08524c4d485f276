package dev.millrace.user;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link ExpirySweepTest} against the packaged service. */
@QuarkusIntegrationTest
class ExpirySweepIT extends ExpirySweepTest {}
