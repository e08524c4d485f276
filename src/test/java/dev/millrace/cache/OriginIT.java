package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class OriginIT extends OriginTest {}
