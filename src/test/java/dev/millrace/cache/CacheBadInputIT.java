package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** {@link CacheBadInputTest} against the packaged service. */
@QuarkusIntegrationTest
class CacheBadInputIT extends CacheBadInputTest {}
