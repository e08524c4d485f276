package dev.millrace.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

import dev.millrace.http.json.DurationConverter;

/** Settings of the rate limiter. */
@ConfigMapping(prefix = "millrace.ratelimit")
public interface RateLimitConfig {

    /** Policies by name, the same for every tenant; they win over those defined over HTTP and cannot be changed there. */
    Map<String, PolicyConfig> policies();

    /** How many replicas share the traffic: what {@code failMode: local} divides a limit by. */
    @WithDefault("1")
    @Min(1)
    int replicas();

    /** Whether to send {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset} too. */
    @WithDefault("false")
    boolean legacyHeaders();

    /** Addresses and networks (CIDR) whose {@code X-Forwarded-For} is believed by {@code authorize?by=ip}. */
    Optional<List<String>> trustedProxies();

    /** IPv6 clients are told apart by this many leading bits, for one client has many addresses. */
    @WithDefault("64")
    @Min(1)
    @Max(128)
    int ipv6Prefix();

    /** Envoy's protocol. */
    Envoy envoy();

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
    interface Envoy {
        /** Files with descriptors in the YAML shape of Envoy's rate limit service, one domain each. Reloaded on change. */
        Optional<List<String>> descriptors();

        /** The algorithm of descriptors that name none. */
        @WithDefault("fixed-window")
        Algorithm algorithm();

        /** What to decide while Redis is away; unset, the call fails with UNAVAILABLE and Envoy decides. */
        Optional<FailMode> failMode();
    }
}
