package dev.millrace.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.millrace.Configs;

/** Guarantees that the configuration has the words of requests. */
class RateLimitConfigTest {

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void algorithmsAreWrittenAsInRequests(Algorithm algorithm) {
        for (String written : new String[]{algorithm.id(), ' ' + algorithm.id() + ' '}) {
            RateLimitConfig config = Configs.of(RateLimitConfig.class,
                    "millrace.ratelimit.policies.login.algorithm", written,
                    "millrace.ratelimit.policies.login.limit", "5",
                    "millrace.ratelimit.envoy.algorithm", written);

            assertEquals(algorithm, config.policies().get("login").algorithm());
            assertEquals(algorithm, config.envoy().algorithm());
        }
    }

    @ParameterizedTest
    @EnumSource(FailMode.class)
    void failModesAreWrittenAsInRequests(FailMode mode) {
        RateLimitConfig config = Configs.of(RateLimitConfig.class,
                "millrace.ratelimit.policies.login.algorithm", "fixed-window",
                "millrace.ratelimit.policies.login.limit", "5",
                "millrace.ratelimit.policies.login.fail-mode", mode.id(),
                "millrace.ratelimit.envoy.fail-mode", mode.id());

        assertEquals(Optional.of(mode), config.policies().get("login").failMode());
        assertEquals(Optional.of(mode), config.envoy().failMode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sliding", "slidingwindow", "1"})
    void otherWordsAreRefusedByName(String written) {
        Exception e = assertThrows(RuntimeException.class, () -> Configs.of(RateLimitConfig.class,
                "millrace.ratelimit.envoy.algorithm", written));

        assertTrue(e.getMessage().contains("millrace.ratelimit.envoy.algorithm")
                && e.getMessage().contains("sliding-window"), e.getMessage());
    }
}
