package dev.millrace.ratelimit.envoy;

import java.time.Duration;
import java.util.Locale;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.RateLimit;
import dev.millrace.ratelimit.envoy.proto.RateLimitUnit;

/** The windows with a name in Envoy's protocol. A month has 30 days, a year 365. */
@Schema(name = "EnvoyUnit")
enum Unit {
    SECOND(Duration.ofSeconds(1)),
    MINUTE(Duration.ofMinutes(1)),
    HOUR(Duration.ofHours(1)),
    DAY(Duration.ofDays(1)),
    WEEK(Duration.ofDays(7)),
    MONTH(Duration.ofDays(30)),
    YEAR(Duration.ofDays(365));

    private final Duration window;

    Unit(Duration window) {
        this.window = window;
    }

    Duration window() {
        return window;
    }

    /** Returns the unit by its name in any case, or null. */
    static @Nullable Unit named(String name) {
        for (Unit unit : values()) {
            if (unit.name().equals(name.toUpperCase(Locale.ROOT))) {
                return unit;
            }
        }
        return null;
    }

    /** Returns the unit of a request, or null if it is unknown. */
    static @Nullable Unit of(RateLimitUnit unit) {
        return named(unit.name());
    }

    /** Returns the name of a window in a response, UNKNOWN if it has none. */
    static RateLimit.Unit of(long windowMs) {
        for (Unit unit : values()) {
            if (unit.window.toMillis() == windowMs) {
                return RateLimit.Unit.valueOf(unit.name());
            }
        }
        return RateLimit.Unit.UNKNOWN;
    }
}
