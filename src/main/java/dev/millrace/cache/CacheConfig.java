package dev.millrace.cache;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

import dev.millrace.http.json.DurationConverter;

/** Settings of the cache: what holds in regions that say nothing else. */
@ConfigMapping(prefix = "millrace.cache")
public interface CacheConfig {

    /** How long an entry is fresh where neither its request nor its region says. */
    @WithDefault("1h")
    @WithConverter(DurationConverter.class)
    Duration ttl();

    /** How long it is known that there is nothing, where neither says. */
    @WithDefault("1m")
    @WithConverter(DurationConverter.class)
    Duration negativeTtl();

    /** Largest body, in bytes; {@code quarkus.http.limits.max-body-size} must allow it. */
    @WithDefault("8388608")
    @Min(1)
    @Max(Region.MAX_VALUE_BYTES)
    int maxValueBytes();

    /** Bodies of more bytes are stored compressed, where that makes them smaller. */
    @WithDefault("2048")
    @Min(0)
    int compressAbove();

    /** Most bytes that a body sent as gzip may have when it is inflated. */
    @WithDefault("33554432")
    @Min(1)
    @Max(1 << 30)
    int maxInflatedBytes();

    /** Where regions read through to. */
    OriginConfig origin();

    /** Where regions read through to. */
    interface OriginConfig {

        /** How long an origin may take to answer, 1 ms to 25 s. */
        @WithDefault("10s")
        @WithConverter(DurationConverter.class)
        Duration timeout();

        /**
         * Whether origins may have any address, in any spelling: also link-local ones, with the metadata services of clouds, and
         * multicast, unspecified and reserved ones. Private and loopback addresses are always allowed.
         */
        @WithDefault("false")
        boolean allowAnyAddress();
    }
}
