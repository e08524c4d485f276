package dev.millrace.http.wire;

import java.time.Duration;

import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;

/** Bounds of connections to the API and to the management interface. */
// Only BoundsCheck asks for it.
@Unremovable
@ConfigMapping(prefix = WireConfig.PREFIX)
public interface WireConfig extends BoundedConfig {

    String PREFIX = "millrace.http";
    String MAX_CONNECTIONS = "20000";
    String PER_CONNECTION = "16M";
    String TOTAL = "64M";
    String TIMEOUT = "30s";

    /** Connections that each port has open at once: 1 to 1,000,000. A further one is closed as soon as it is accepted. */
    @WithDefault(MAX_CONNECTIONS)
    int maxConnections();

    /** Bytes of responses that clients have not taken yet. */
    Unsent unsent();

    /** See {@link WireConfig#unsent}. */
    interface Unsent {

        /**
         * Bytes on one HTTP/2 connection, and at most an eighth of the heap. A stream that would exceed them is reset, unless it is alone.
         * HTTP/1 has one response at a time.
         */
        @WithDefault(PER_CONNECTION)
        MemorySize perConnection();

        /** Bytes over all connections, and at most a quarter of the heap. Above, those are closed that have waited longest. */
        @WithDefault(TOTAL)
        MemorySize total();

        /** Time, of at least a second, in which a client has to take 16 KiB of what waits for it, or all of it. Else it is disconnected. */
        @WithDefault(TIMEOUT)
        Duration timeout();
    }

    @Override
    default void check(Bounds bounds) {
        bounds.between(PREFIX + ".max-connections", maxConnections(), 1, 1_000_000);
        bounds.between(PREFIX + ".unsent.timeout in seconds", Math.toIntExact(unsent().timeout().toSeconds()), 1, 3600);
    }
}
