package dev.millrace.cache;

import io.quarkus.test.junit.QuarkusIntegrationTest;

import dev.millrace.Repackaged;

@Repackaged
@QuarkusIntegrationTest
class OriginVariantsApartIT extends OriginVariantsApartTest {}
