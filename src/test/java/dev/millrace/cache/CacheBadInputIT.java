package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

/** {@link CacheBadInputTest} against the packaged service. */
@Repackaged
@QuarkusIntegrationTest
class CacheBadInputIT extends CacheBadInputTest {}
