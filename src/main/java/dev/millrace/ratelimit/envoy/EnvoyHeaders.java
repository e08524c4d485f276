package dev.millrace.ratelimit.envoy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.millrace.ratelimit.Decision;
import dev.millrace.ratelimit.RateLimitConfig;
import dev.millrace.ratelimit.envoy.proto.HeaderValue;

/**
 * The header fields that Envoy adds to its response, if that is configured: {@code RateLimit-Policy} and {@code RateLimit} of
 * draft-ietf-httpapi-ratelimit-headers-10 and, over limit, {@code Retry-After}; with legacy headers, {@code X-RateLimit-*} too.
 */
final class EnvoyHeaders {

    /** More limits would make the fields long: those with the least left are named. */
    static final int MAX_LIMITS = 10;

    /** A limit that applied, under its name. */
    record Named(String name, Decision decision) {}

    private final boolean on;
    private final boolean legacy;

    EnvoyHeaders(RateLimitConfig config) {
        this.on = config.envoy().responseHeaders();
        this.legacy = config.legacyHeaders();
    }

    /**
     * Returns the fields; none if no limit applied.
     *
     * @param over whether the request as a whole is over limit
     */
    List<HeaderValue> of(List<Named> limits, boolean over) {
        if (!on || limits.isEmpty()) {
            return List.of();
        }
        List<Named> listed = new ArrayList<>();
        limits.stream().sorted(Comparator.comparingLong(limit -> limit.decision().remaining())).forEach(limit -> {
            // An item has one name. The same rule may have counted two values: the one with less left matters.
            if (listed.size() < MAX_LIMITS && listed.stream().noneMatch(other -> other.name().equals(limit.name()))) {
                listed.add(limit);
            }
        });
        StringBuilder policies = new StringBuilder();
        StringBuilder states = new StringBuilder();
        long retry = 0;
        for (Named limit : listed) {
            Decision d = limit.decision();
            String name = string(limit.name());
            separated(policies).append(name).append(";q=").append(d.limit()).append(";w=")
                    .append(seconds(d.check().policy().windowMs()));
            separated(states).append(name).append(";r=").append(d.remaining()).append(";t=")
                    .append(seconds(d.allowed() ? d.resetMs() : d.retryAfterMs()));
            retry = d.allowed() ? retry : Math.max(retry, Math.max(1, seconds(d.retryAfterMs())));
        }
        List<HeaderValue> headers = new ArrayList<>();
        add(headers, "RateLimit-Policy", policies.toString());
        add(headers, "RateLimit", states.toString());
        if (over && retry > 0) {
            add(headers, "Retry-After", Long.toString(retry));
        }
        if (legacy) {
            Decision least = listed.get(0).decision();
            add(headers, "X-RateLimit-Limit", Long.toString(least.limit()));
            add(headers, "X-RateLimit-Remaining", Long.toString(least.remaining()));
            add(headers, "X-RateLimit-Reset", Long.toString(seconds(least.resetMs())));
        }
        return headers;
    }

    private static void add(List<HeaderValue> headers, String key, String value) {
        headers.add(HeaderValue.newBuilder().setKey(key).setValue(value).build());
    }

    private static StringBuilder separated(StringBuilder list) {
        return list.isEmpty() ? list : list.append(", ");
    }

    /** A structured-field string (RFC 9651), which has ASCII only. */
    static String string(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\');
            }
            quoted.append(c < ' ' || c > '~' ? '?' : (char) c);
        });
        return quoted.append('"').toString();
    }

    private static long seconds(long ms) {
        return (ms + 999) / 1000;
    }
}
