package dev.millrace.token;

import java.util.Locale;

import jakarta.inject.Singleton;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** {@code millrace_token_families_total} and {@code millrace_token_rotations_total{outcome}}. */
@Singleton
class TokenMetrics {

    private final Counter families;
    private final Counter[] rotations = new Counter[RotationCode.values().length];

    TokenMetrics(MeterRegistry registry) {
        families = Counter.builder("millrace.token.families").description("Families of refresh tokens that were issued")
                .register(registry);
        for (RotationCode outcome : RotationCode.values()) {
            rotations[outcome.ordinal()] = Counter.builder("millrace.token.rotations")
                    .description("Attempts to rotate a refresh token")
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT)).register(registry);
        }
    }

    void began() {
        families.increment();
    }

    void rotated(RotationCode outcome) {
        rotations[outcome.ordinal()].increment();
    }
}
