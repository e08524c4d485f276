package dev.millrace.ratelimit.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.millrace.Configs;
import dev.millrace.ratelimit.Algorithm;
import dev.millrace.ratelimit.Check;
import dev.millrace.ratelimit.Decision;
import dev.millrace.ratelimit.Policy;
import dev.millrace.ratelimit.RateLimitConfig;
import dev.millrace.ratelimit.envoy.EnvoyHeaders.Named;

/** What Envoy is told to add to its responses. */
class EnvoyHeadersTest {

    private static final String ON = "millrace.ratelimit.envoy.response-headers";

    private static EnvoyHeaders headers(String... settings) {
        return new EnvoyHeaders(Configs.of(RateLimitConfig.class, settings));
    }

    private static Named limit(String name, long limit, long remaining, long resetMs, long retryMs) {
        Policy policy = Policy.of("p", Algorithm.FIXED_WINDOW, limit, 60_000);
        return new Named(name, new Decision(retryMs == 0, "p", "u", limit, remaining, resetMs, retryMs, false, null,
                new Check(policy, "u", 1)));
    }

    private static String text(EnvoyHeaders headers, Named... limits) {
        return headers
                .of(List.of(limits), Stream.of(limits).anyMatch(limit -> !limit.decision().allowed())).stream()
                .map(h -> h.getKey() + ": " + h.getValue())
                .collect(Collectors.joining("\n"));
    }

    @Test
    void areOnlyThereIfConfigured() {
        assertEquals("", text(headers(), limit("user", 5, 4, 60_000, 0)));
        assertEquals("", text(headers(ON, "true")));
    }

    @Test
    void nameEachLimitTheOneWithTheLeastLeftFirst() {
        assertEquals("""
                RateLimit-Policy: "ip";q=9;w=60, "user";q=5;w=60
                RateLimit: "ip";r=1;t=31, "user";r=4;t=60""",
                text(headers(ON, "true"), limit("user", 5, 4, 60_000, 0), limit("ip", 9, 1, 30_001, 0),
                        limit("user", 5, 5, 0, 0)));
    }

    @Test
    void sayWhenToRetry() {
        assertEquals("""
                RateLimit-Policy: "user";q=5;w=60
                RateLimit: "user";r=0;t=2
                Retry-After: 2
                X-RateLimit-Limit: 5
                X-RateLimit-Remaining: 0
                X-RateLimit-Reset: 60""",
                text(headers(ON, "true", "millrace.ratelimit.legacy-headers", "true"),
                        limit("user", 5, 0, 60_000, 1500)));
    }

    /** Where another rule with a quota has some left. */
    @Test
    void anAdmittedRequestHasNothingToRetry() {
        assertEquals(2, headers(ON, "true").of(List.of(limit("user", 5, 0, 60_000, 1500)), false).size());
    }

    @Test
    void areBounded() {
        List<Named> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(limit("rule" + i, 100, 100 - i, 1000, 0));
        }
        String policies = headers(ON, "true").of(many, false).get(0).getValue();
        assertEquals(EnvoyHeaders.MAX_LIMITS, policies.split(", ").length);
        assertEquals("\"rule99\";q=100;w=60", policies.split(", ")[0]);
    }

    @Test
    void namesAreStructuredFieldStrings() {
        assertEquals("\"a \\\"b\\\" \\\\ ??\"", EnvoyHeaders.string("a \"b\" \\ \u00e9\n"));
    }
}
