package dev.millrace.user;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link ExpirySweepTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class ExpirySweepIT extends ExpirySweepTest {}
