package dev.millrace.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;
import dev.millrace.http.json.DurationConverter;

/** Settings of the rate limiter. */
@ConfigMapping(prefix = "millrace.ratelimit")
public interface RateLimitConfig extends BoundedConfig {

    /** Policies by name, the same for every tenant. They have priority over policies defined over HTTP and are read-only there. */
    Map<String, PolicyConfig> policies();

    /** Number of replicas that share the traffic; {@code failMode: local} divides a limit by it. */
    @WithDefault("1")
    int replicas();

    /** Whether to send {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset} too. */
    @WithDefault("false")
    boolean legacyHeaders();

    /** Addresses and networks (CIDR) whose {@code X-Forwarded-For} is trusted by {@code authorize?by=ip}. */
    Optional<List<String>> trustedProxies();

    /** Number of leading bits that identify an IPv6 client, because one client has many addresses. */
    @WithDefault("64")
    int ipv6Prefix();

    /** Envoy's protocol. */
    EnvoyConfig envoy();

    @Override
    default void check(Bounds bounds) {
        bounds.atLeast("millrace.ratelimit.replicas", replicas(), 1);
        bounds.between("millrace.ratelimit.ipv6-prefix", ipv6Prefix(), 1, 128);
    }

    /** A policy in the configuration; fields as over HTTP. */
    interface PolicyConfig {
        Algorithm algorithm();

        long limit();

        @WithConverter(DurationConverter.class)
        Optional<Duration> window();

        Optional<Long> burst();

        Optional<FailMode> failMode();

        @WithConverter(DurationConverter.class)
        Optional<Duration> denyPenalty();

        Optional<Boolean> shadow();
    }

    /** Envoy's protocol. */
    interface EnvoyConfig {
        /** Files with descriptors in the YAML shape of Envoy's rate limit service, one domain each; several may have the same. Reloaded on change. */
        Optional<List<String>> descriptors();

        /** The algorithm of descriptors without one. */
        @WithDefault("fixed-window")
        Algorithm algorithm();

        /** The decision while Redis is unavailable; unset, the call fails with UNAVAILABLE and Envoy decides. */
        Optional<FailMode> failMode();

        /** Whether responses tell Envoy to add {@code RateLimit-Policy}, {@code RateLimit} and {@code Retry-After} to its own. */
        @WithDefault("false")
        boolean responseHeaders();
    }
}
