package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

@Repackaged
@QuarkusIntegrationTest
class OriginStatusIT extends OriginStatusTest {}
