package dev.millrace.cache;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;
import dev.millrace.http.json.DurationConverter;

/** Settings of the cache, and the defaults of its regions. */
@ConfigMapping(prefix = "millrace.cache")
public interface CacheConfig extends BoundedConfig {

    /** How long an entry is fresh if neither its request nor its region sets a time. */
    @WithDefault("1h")
    @WithConverter(DurationConverter.class)
    Duration ttl();

    /** How long a negative entry is fresh if neither its request nor its region sets a time. */
    @WithDefault("1m")
    @WithConverter(DurationConverter.class)
    Duration negativeTtl();

    /** Largest body, in bytes; {@code quarkus.http.limits.max-body-size} must allow it. */
    @WithDefault("8388608")
    int maxValueBytes();

    /** Bodies of more bytes are stored compressed, if that makes them smaller. */
    @WithDefault("2048")
    int compressAbove();

    /** Maximum bytes of a body that was sent as gzip, when inflated. */
    @WithDefault("33554432")
    int maxInflatedBytes();

    /** How many large entries may be inflated at once, for clients that do not accept gzip; further ones get 503. */
    @WithDefault("32")
    int maxInflations();

    /** Settings of origins. */
    OriginConfig origin();

    @Override
    default void check(Bounds bounds) {
        bounds.between("millrace.cache.max-value-bytes", maxValueBytes(), 1, Region.MAX_VALUE_BYTES);
        bounds.atLeast("millrace.cache.compress-above", compressAbove(), 0);
        bounds.between("millrace.cache.max-inflated-bytes", maxInflatedBytes(), 1, 1 << 30);
        bounds.atLeast("millrace.cache.max-inflations", maxInflations(), 1);
    }

    /** Settings of origins. */
    interface OriginConfig {

        /** How long an origin may take to respond, 1 ms to 25 s. */
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
